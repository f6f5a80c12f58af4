// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Versions, history and watches, against remembered copies.
class ObjectStoreTest {
  private static final int ROUNDS = 10 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final int STEPS = 200;
  private static final ResourceKind KIND = ResourceKinds.CONFIG_MAPS;

  private static ObjectNode tree(String value) {
    ObjectNode tree = JsonTree.object();
    tree.putObject("metadata");
    return tree.put("value", value);
  }

  private static void put(ObjectStore store, ObjectKey key, String value) {
    assertInstanceOf(
        Answer.Given.class, store.edit(KIND, key, _ -> Answer.of(new Edit.Put(tree(value)))));
  }

  private static void remove(ObjectStore store, ObjectKey key) {
    assertInstanceOf(
        Answer.Given.class, store.edit(KIND, key, _ -> Answer.of(new Edit.Remove(tree("gone")))));
  }

  private static Map<ObjectKey, String> content(Snapshot snapshot) {
    Map<ObjectKey, String> content = new TreeMap<>();
    snapshot
        .objects()
        .forEach(object -> content.put(object.key(), JsonTree.text(object.tree(), "value")));
    return content;
  }

  private static <T> T given(Answer<T> answer) {
    return switch (answer) {
      case Answer.Given<T>(T value) -> value;
      case Answer.Refused<T>(var refusal) -> throw new AssertionError(refusal);
    };
  }

  @Test
  void everyEarlierVersionCanBeListedAndEveryWatchEndsAtThePresent() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 99L + round;
      Random random = new Random(seed);
      ObjectStore store = new ObjectStore(STEPS * 2);
      Map<Long, Map<ObjectKey, String>> remembered = new TreeMap<>();
      remembered.put(store.version(), Map.of());
      List<ObjectKey> present = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        if (!present.isEmpty() && random.nextInt(4) == 0) {
          remove(store, present.remove(random.nextInt(present.size())));
        } else {
          ObjectKey key = new ObjectKey("n" + random.nextInt(2), "o" + random.nextInt(20));
          put(store, key, "v" + step);
          if (!present.contains(key)) {
            present.add(key);
          }
        }
        remembered.put(store.version(), content(store.list(KIND, "")));
      }
      for (Map.Entry<Long, Map<ObjectKey, String>> then : remembered.entrySet()) {
        String where = "seed " + seed + ", version " + then.getKey();
        assertEquals(then.getValue(), content(given(store.listAt(KIND, "", then.getKey()))), where);
        assertEquals(
            content(store.list(KIND, "")), replayed(store, then.getKey(), then.getValue()), where);
      }
    }
  }

  private static Map<ObjectKey, String> replayed(
      ObjectStore store, long after, Map<ObjectKey, String> start) throws Exception {
    Map<ObjectKey, String> state = new TreeMap<>(start);
    try (Subscription subscription = given(store.watchAfter(KIND, after))) {
      for (Change change : subscription.take(Duration.ZERO)) {
        switch (change.type()) {
          case ADDED, MODIFIED ->
              state.put(change.object().key(), JsonTree.text(change.object().tree(), "value"));
          case DELETED -> state.remove(change.object().key());
        }
      }
    }
    return state;
  }

  @Test
  void whatIsOlderThanTheHistoryIsExpired() {
    ObjectStore store = new ObjectStore(3);
    long start = store.version();
    for (int i = 0; i < 4; i++) {
      put(store, new ObjectKey("n", "o"), "v" + i);
    }
    assertInstanceOf(Answer.Refused.class, store.watchAfter(KIND, start));
    assertInstanceOf(Answer.Given.class, store.watchAfter(KIND, start + 1));
    assertInstanceOf(Answer.Refused.class, store.listAt(KIND, "", start));
    assertInstanceOf(Answer.Given.class, store.listAt(KIND, "", start + 1));
  }

  @Test
  void aVersionThatIsNotYetIsRefused() {
    ObjectStore store = new ObjectStore(3);
    assertInstanceOf(Answer.Refused.class, store.watchAfter(KIND, store.version() + 1));
    assertInstanceOf(Answer.Refused.class, store.listAt(KIND, "", store.version() + 1));
  }

  @Test
  void anEqualPutChangesNothing() {
    ObjectStore store = new ObjectStore(3);
    ObjectKey key = new ObjectKey("n", "o");
    put(store, key, "v");
    ObjectNode same = store.get(KIND, key).orElseThrow().tree().deepCopy();
    long version = store.version();
    assertInstanceOf(Answer.Given.class, store.edit(KIND, key, _ -> Answer.of(new Edit.Put(same))));
    assertEquals(version, store.version());
  }
}
