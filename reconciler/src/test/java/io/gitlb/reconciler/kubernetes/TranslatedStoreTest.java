// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TranslatedStoreTest {

  private static final int MANY = 10_000;

  private final MapStore objects = new MapStore();
  private int translations;
  private int wakeUps;
  private final TranslatedStore<ConfigMap, String> store =
      new TranslatedStore<>(objects, this::translate, () -> wakeUps++);

  /// Objects without a word are none of our business.
  private Optional<String> translate(ConfigMap object) {
    translations++;
    return Optional.ofNullable(object.getData().get("word"));
  }

  @Test
  void oneChangeAmongTenThousandTranslatesThatOneOnly() {
    for (int i = 0; i < MANY; i++) {
      objects.put(object("o" + i, "word"));
    }
    store.onList("1", false);
    assertEquals(MANY, store.changes().size());
    translations = 0;
    update("o5000", "other");
    List<Change<String>> changes = store.changes();
    assertEquals(
        List.of(new Change<>("demo/o5000", Optional.of("word"), Optional.of("other"))), changes);
    // Before and after for the wake-up, and once for the change.
    assertEquals(3, translations);
    assertEquals(List.of(), store.changes());
    assertEquals(3, translations);
  }

  @Test
  void nothingThatWeSeeChangedIsNoChangeAndWakesNobody() {
    start();
    update("a", "word");
    add("foreign", null);
    delete("foreign");
    assertEquals(0, wakeUps);
    assertEquals(List.of(), store.changes());
  }

  @Test
  void everyKindOfChangeWakes() {
    start();
    update("a", "other");
    assertEquals(1, wakeUps);
    add("b", "word");
    assertEquals(2, wakeUps);
    delete("b");
    assertEquals(3, wakeUps);
    update("a", null);
    assertEquals(4, wakeUps);
    assertEquals(
        List.of(new Change<>("demo/a", Optional.of("word"), Optional.<String>empty())),
        store.changes());
  }

  @Test
  void theStoreIsTheTruthWhateverTheEventsSay() {
    start();
    // The events of a made and deleted object, in the wrong order and with wrong content.
    objects.put(object("b", "truth"));
    store.onDelete(object("b", "lie"), true);
    store.onAdd(object("b", "another lie"));
    store.onUpdate(object("c", "x"), object("c", "y"));
    assertEquals(
        List.of(new Change<>("demo/b", Optional.empty(), Optional.of("truth"))), store.changes());
  }

  @Test
  void lostEventsAreMadeGoodByTheNextWholeList() {
    start();
    objects.put(object("a", "lost update"));
    objects.put(object("b", "lost add"));
    assertEquals(List.of(), store.changes());
    store.onList("2", false);
    assertEquals(2, store.changes().size());
    objects.remove("a");
    store.onList("3", false);
    assertEquals(
        List.of(new Change<>("demo/a", Optional.of("lost update"), Optional.<String>empty())),
        store.changes());
  }

  @Test
  void whatAListLacksNobodySawBeingDeleted() {
    start();
    add("b", "word");
    delete("b");
    assertEquals(Set.of("demo/b"), store.deletions());
    assertEquals(Set.of(), store.deletions());
    store.onDelete(objects.remove("a"), true);
    assertEquals(Set.of(), store.deletions());
  }

  @Test
  void thereIsNothingBeforeTheFirstWholeList() {
    add("a", "word");
    assertFalse(store.isListed());
    assertEquals(0, wakeUps);
    store.onList("1", false);
    assertTrue(store.isListed());
    assertEquals(1, wakeUps);
    assertEquals(1, store.changes().size());
  }

  /// With one object, listed and looked at.
  private void start() {
    objects.put(object("a", "word"));
    store.onList("1", false);
    assertEquals(1, store.changes().size());
    wakeUps = 0;
  }

  private void add(String name, @Nullable String word) {
    ConfigMap added = object(name, word);
    objects.put(added);
    store.onAdd(added);
  }

  private void update(String name, @Nullable String word) {
    ConfigMap after = object(name, word);
    store.onUpdate(objects.put(after), after);
  }

  private void delete(String name) {
    store.onDelete(objects.remove(name), false);
  }

  private static ConfigMap object(String name, @Nullable String word) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("demo")
        .withName(name)
        .endMetadata()
        .withData(word == null ? Map.of() : Map.of("word", word))
        .build();
  }

  /// The informer's cache as far as it is read.
  private static final class MapStore implements Store<ConfigMap> {

    private final Map<String, ConfigMap> objects = new TreeMap<>();

    ConfigMap put(ConfigMap object) {
      ConfigMap before = objects.put(getKey(object), object);
      return before == null ? object : before;
    }

    ConfigMap remove(String name) {
      return Objects.requireNonNull(objects.remove("demo/" + name), name);
    }

    @Override
    public List<ConfigMap> list() {
      return new ArrayList<>(objects.values());
    }

    @Override
    public List<String> listKeys() {
      return new ArrayList<>(objects.keySet());
    }

    @Override
    public @Nullable ConfigMap get(ConfigMap object) {
      return getByKey(getKey(object));
    }

    @Override
    public @Nullable ConfigMap getByKey(String key) {
      return objects.get(key);
    }

    @Override
    public String getKey(ConfigMap object) {
      return Cache.metaNamespaceKeyFunc(object);
    }
  }
}
