// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import io.gitlb.apiserver.resource.ObjectKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/// The objects of one kind and what lately happened to them. Not safe for threads: the store's lock
/// guards it.
final class Shelf {
  private final int historyLimit;

  /// Key → present object (1:1).
  private final NavigableMap<ObjectKey, StoredObject> objects = new TreeMap<>();

  /// Oldest first.
  private final Deque<Change> history = new ArrayDeque<>();

  private final Set<Subscription> subscriptions = new LinkedHashSet<>();

  /// A watch may resume after this version or a later one.
  private long oldestResumable;

  Shelf(int historyLimit, long oldestResumable) {
    this.historyLimit = historyLimit;
    this.oldestResumable = oldestResumable;
  }

  NavigableMap<ObjectKey, StoredObject> objects() {
    return objects;
  }

  void record(Change change) {
    switch (change.type()) {
      case ADDED, MODIFIED -> objects.put(change.object().key(), change.object());
      case DELETED -> objects.remove(change.object().key());
    }
    history.addLast(change);
    if (history.size() > historyLimit) {
      oldestResumable = history.removeFirst().version();
    }
    subscriptions.forEach(subscription -> subscription.offer(change));
  }

  void forgetHistory(long currentVersion) {
    history.clear();
    oldestResumable = currentVersion;
  }

  boolean canResumeAfter(long version) {
    return version >= oldestResumable;
  }

  long oldestResumable() {
    return oldestResumable;
  }

  List<Change> changesAfter(long version) {
    List<Change> later = new ArrayList<>();
    Iterator<Change> newestFirst = history.descendingIterator();
    while (newestFirst.hasNext()) {
      Change change = newestFirst.next();
      if (change.version() <= version) {
        break;
      }
      later.add(change);
    }
    return later.reversed();
  }

  /// The objects at an earlier version: what happened since is undone, newest first.
  Collection<StoredObject> objectsAt(long version) {
    List<Change> since = changesAfter(version);
    if (since.isEmpty()) {
      return objects.values();
    }
    NavigableMap<ObjectKey, StoredObject> earlier = new TreeMap<>(objects);
    for (Change change : since.reversed()) {
      change
          .previous()
          .ifPresentOrElse(
              previous -> earlier.put(previous.key(), previous),
              () -> earlier.remove(change.object().key()));
    }
    return earlier.values();
  }

  void subscribe(Subscription subscription) {
    subscriptions.add(subscription);
  }

  void unsubscribe(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  int subscriptionCount() {
    return subscriptions.size();
  }
}
