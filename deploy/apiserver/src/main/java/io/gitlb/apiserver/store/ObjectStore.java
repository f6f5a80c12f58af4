// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.ResourceKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// All objects of all kinds under one version counter.
public final class ObjectStore {
  /// Above 1, so that a watch from version 1 is always too old, as on a server with a past.
  private static final long FIRST_VERSION = 1000;

  private final ReentrantLock lock = new ReentrantLock();
  private final int historyLimit;

  /// Qualified plural of the kind → its shelf (1:1).
  private final Map<String, Shelf> shelves = new TreeMap<>();

  private long version = FIRST_VERSION;

  /// What happened up to this version has been forgotten.
  private long historyStart = FIRST_VERSION;

  /// @param historyLimit changes kept per kind for watches that resume and for pages of a list
  public ObjectStore(int historyLimit) {
    this.historyLimit = historyLimit;
  }

  /// Runs something with the store at rest: nobody changes it meanwhile.
  <R> R consistently(LongFunction<R> reading) {
    lock.lock();
    try {
      return reading.apply(version);
    } finally {
      lock.unlock();
    }
  }

  /// Runs several reads and edits as one.
  public <R> R atomically(Supplier<R> steps) {
    return consistently(_ -> steps.get());
  }

  private Shelf shelf(ResourceKind kind) {
    return shelves.computeIfAbsent(
        kind.qualifiedPlural(), _ -> new Shelf(historyLimit, historyStart));
  }

  public long version() {
    return consistently(current -> current);
  }

  public Optional<StoredObject> get(ResourceKind kind, ObjectKey key) {
    return consistently(_ -> Optional.ofNullable(shelf(kind).objects().get(key)));
  }

  /// The present objects.
  ///
  /// @param namespace empty for all
  public Snapshot list(ResourceKind kind, String namespace) {
    return consistently(
        current -> new Snapshot(current, inNamespace(shelf(kind).objects().values(), namespace)));
  }

  /// The objects at an earlier version.
  ///
  /// @param namespace empty for all
  public Answer<Snapshot> listAt(ResourceKind kind, String namespace, long asked) {
    return consistently(
        current -> {
          Shelf shelf = shelf(kind);
          if (asked > current) {
            return Answer.refused(Refusal.versionInFuture(asked, current));
          }
          if (!shelf.canResumeAfter(asked)) {
            return Answer.refused(
                Refusal.expired(
                    "The provided continue parameter is too old to display a consistent list"
                        + " result."));
          }
          return Answer.of(new Snapshot(asked, inNamespace(shelf.objectsAt(asked), namespace)));
        });
  }

  private static List<StoredObject> inNamespace(
      Collection<StoredObject> objects, String namespace) {
    return namespace.isEmpty()
        ? List.copyOf(objects)
        : objects.stream().filter(object -> object.key().namespace().equals(namespace)).toList();
  }

  /// Changes one object.
  ///
  /// @param rule from what is there to what is to become of it; runs while nobody else changes
  ///   anything
  /// @return the object afterwards; of a removed one its last state
  public Answer<StoredObject> edit(
      ResourceKind kind, ObjectKey key, Function<Optional<StoredObject>, Answer<Edit>> rule) {
    return consistently(
        _ -> {
          Optional<StoredObject> present = Optional.ofNullable(shelf(kind).objects().get(key));
          return rule.apply(present).map(edit -> perform(kind, key, present, edit));
        });
  }

  private StoredObject perform(
      ResourceKind kind, ObjectKey key, Optional<StoredObject> present, Edit edit) {
    return switch (edit) {
      case Edit.Put(var tree) when present.isPresent() && present.get().tree().equals(tree) ->
          present.get();
      case Edit.Put(var tree) -> {
        StoredObject next = StoredObject.stamped(key, ++version, tree);
        Change.Type type = present.isPresent() ? Change.Type.MODIFIED : Change.Type.ADDED;
        shelf(kind).record(new Change(type, next, present));
        yield next;
      }
      case Edit.Remove(var last) -> {
        StoredObject gone = StoredObject.stamped(key, ++version, last);
        shelf(kind).record(new Change(Change.Type.DELETED, gone, present));
        yield gone;
      }
      case Edit.Pretend(var tree) -> new StoredObject(key, version, tree);
    };
  }

  /// Watches a kind from after a version on.
  ///
  /// @param after as a client gave it; what is no longer in the history is refused with 410
  public Answer<Subscription> watchAfter(ResourceKind kind, long after) {
    return consistently(
        current -> {
          Shelf shelf = shelf(kind);
          if (after > current) {
            return Answer.refused(Refusal.versionInFuture(after, current));
          }
          if (!shelf.canResumeAfter(after)) {
            return Answer.refused(
                Refusal.expired(
                    "too old resource version: %d (%d)".formatted(after, shelf.oldestResumable())));
          }
          return Answer.of(subscribe(shelf, shelf.changesAfter(after)));
        });
  }

  /// Watches a kind from now on, beginning with all present objects as if they were just added.
  public InitialWatch watchFromNow(ResourceKind kind, String namespace) {
    return consistently(
        current -> {
          Shelf shelf = shelf(kind);
          List<StoredObject> present = inNamespace(shelf.objects().values(), namespace);
          return new InitialWatch(new Snapshot(current, present), subscribe(shelf, List.of()));
        });
  }

  /// A watch together with the state that it starts from.
  public record InitialWatch(Snapshot snapshot, Subscription subscription) {}

  private Subscription subscribe(Shelf shelf, List<Change> backlog) {
    Subscription subscription = new Subscription(this, shelf, backlog);
    shelf.subscribe(subscription);
    return subscription;
  }

  void leave(Shelf shelf, Subscription subscription) {
    lock.lock();
    try {
      shelf.unsubscribe(subscription);
    } finally {
      lock.unlock();
    }
  }

  /// Forgets what happened: every watch that resumes from before now is told 410.
  public void forgetHistory() {
    lock.lock();
    try {
      historyStart = version;
      shelves.values().forEach(shelf -> shelf.forgetHistory(version));
    } finally {
      lock.unlock();
    }
  }

  /// How many watches are open on a kind.
  public int watchCount(ResourceKind kind) {
    return consistently(_ -> shelf(kind).subscriptionCount());
  }
}
