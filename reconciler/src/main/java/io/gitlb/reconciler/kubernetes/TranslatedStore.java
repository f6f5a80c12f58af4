// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.cache.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// An informer's store seen through a translator, as changes since the last look.
///
/// The store is the truth. An event only says at which key to look, so it does not matter in which
/// order events come, nor what they carry; and after every whole list all keys are looked at, so it
/// does not matter either whether one was lost.
final class TranslatedStore<T extends HasMetadata, V> implements ResourceEventHandler<T> {

  private final Store<T> store;
  private final Function<T, Optional<V>> translator;
  private final Runnable onChange;

  /// Keys to look at. The informer's thread adds, the caller of [#changes] takes away.
  private final Set<String> touched = ConcurrentHashMap.newKeySet();

  /// All keys are to be looked at.
  private final AtomicBoolean wholeList = new AtomicBoolean();

  /// Keys of objects that a watch told were deleted. The informer's thread adds, the caller of
  /// [#deletions] takes away.
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();

  private volatile boolean listed;

  /// informer key → translation (1:1); of the caller of [#changes] alone
  private final Map<String, V> views = new HashMap<>();

  /// @param translator empty for objects that are none of our business
  /// @param onChange called from the informer's thread when a translation has changed
  TranslatedStore(Store<T> store, Function<T, Optional<V>> translator, Runnable onChange) {
    this.store = store;
    this.translator = translator;
    this.onChange = onChange;
  }

  /// Before the first list is whole there is nothing to be woken for.
  @Override
  public void onAdd(T added) {
    touched.add(store.getKey(added));
    if (listed && translator.apply(added).isPresent()) {
      onChange.run();
    }
  }

  /// Heartbeats and other people's status change nothing that we look at.
  @Override
  public void onUpdate(T before, T after) {
    touched.add(store.getKey(after));
    if (!translator.apply(before).equals(translator.apply(after))) {
      onChange.run();
    }
  }

  @Override
  public void onDelete(T object, boolean finalStateUnknown) {
    // First, so that whoever hears of the deletion finds the change.
    touched.add(store.getKey(object));
    // What a new list does not have any more, nobody saw being deleted.
    if (!finalStateUnknown) {
      deleted.add(store.getKey(object));
    }
    if (translator.apply(object).isPresent()) {
      onChange.run();
    }
  }

  /// The store holds a whole list: the first, or one after a watch was lost.
  @Override
  public void onList(String resourceVersion, boolean remainedEmpty) {
    wholeList.set(true);
    listed = true;
    onChange.run();
  }

  /// Whether the first list is in the store.
  boolean isListed() {
    return listed;
  }

  /// What differs from the last call's state. An object whose translation equals the last one is no
  /// change, and the old translation stays. One caller at a time.
  List<Change<V>> changes() {
    List<Change<V>> changes = new ArrayList<>();
    for (String key : keys()) {
      T object = store.getByKey(key);
      Optional<V> before = Optional.ofNullable(views.get(key));
      Optional<V> after = object == null ? Optional.empty() : translator.apply(object);
      if (!after.equals(before)) {
        after.ifPresentOrElse(view -> views.put(key, view), () -> views.remove(key));
        changes.add(new Change<>(key, before, after));
      }
    }
    return changes;
  }

  /// The keys of objects that were told to be deleted since the last call. Which of them are there
  /// again, [#changes] says. One caller at a time.
  Set<String> deletions() {
    Set<String> keys = new HashSet<>();
    for (Iterator<String> each = deleted.iterator(); each.hasNext(); ) {
      keys.add(each.next());
      each.remove();
    }
    return keys;
  }

  /// Taken away before the objects are read: what changes meanwhile is touched again.
  private Set<String> keys() {
    Set<String> keys = new HashSet<>();
    if (wholeList.getAndSet(false)) {
      keys.addAll(store.listKeys());
      keys.addAll(views.keySet());
    }
    for (Iterator<String> each = touched.iterator(); each.hasNext(); ) {
      keys.add(each.next());
      each.remove();
    }
    return keys;
  }
}
