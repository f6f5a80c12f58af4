// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.store.Change;
import io.gitlb.apiserver.store.StoredObject;
import io.gitlb.apiserver.store.Subscription;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The events of one watch, pulled by whoever writes them out. An object that begins or ceases to
/// match the selectors comes as ADDED or DELETED.
final class WatchFeed implements EventFeed {
  /// How often a waiting feed looks whether it is over.
  private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  private final Subscription subscription;
  private final Selection selection;
  private final ObjectView view;
  private final ResourceKind kind;
  private final Options options;
  private final Faults faults;
  private final long endNanos;
  private long nextBookmarkNanos;
  private List<byte[]> first;
  private final int dropRound;

  /// When a watch ends by itself and whether and how often it gets bookmarks in between.
  ///
  /// @param bookmarkEvery empty for none
  record Options(Duration lifetime, Optional<Duration> bookmarkEvery) {}

  WatchFeed(
      Subscription subscription,
      ResourceKind kind,
      Selection selection,
      ObjectView view,
      Options options,
      Faults faults,
      Initial initial) {
    this.subscription = subscription;
    this.kind = kind;
    this.selection = selection;
    this.view = view;
    this.options = options;
    this.faults = faults;
    this.dropRound = faults.dropRound();
    this.endNanos = System.nanoTime() + options.lifetime().toNanos();
    scheduleBookmark();
    this.first = new ArrayList<>();
    initial.objects().stream()
        .filter(selection::matches)
        .forEach(object -> first.add(event("ADDED", view.object(object))));
    initial
        .endMarkAt()
        .ifPresent(version -> first.add(event("BOOKMARK", bookmark(version, "true"))));
  }

  /// What a watch begins with.
  ///
  /// @param objects shown as ADDED
  /// @param endMarkAt version of the bookmark that says that these were all; empty for none
  record Initial(List<StoredObject> objects, Optional<Long> endMarkAt) {
    static final Initial NOTHING = new Initial(List.of(), Optional.empty());

    Initial {
      objects = List.copyOf(objects);
    }
  }

  @Override
  public Batch next() throws InterruptedException {
    faults.awaitMovement();
    if (faults.isWatchDropped(dropRound)) {
      return new Batch(List.of(), After.CUT);
    }
    if (!first.isEmpty()) {
      List<byte[]> all = first;
      first = List.of();
      return new Batch(all, After.MORE);
    }
    long now = System.nanoTime();
    boolean bookmarks = options.bookmarkEvery().isPresent();
    if (now - endNanos >= 0) {
      return new Batch(bookmarks ? List.of(bookmarkNow()) : List.of(), After.END);
    }
    long waitNanos = Math.min(LONGEST_WAIT.toNanos(), endNanos - now);
    List<Change> changes = subscription.take(Duration.ofNanos(waitNanos));
    faults.awaitMovement();
    if (faults.isWatchDropped(dropRound)) {
      return new Batch(List.of(), After.CUT);
    }
    List<byte[]> events = new ArrayList<>();
    for (Change change : changes) {
      translate(change).ifPresent(events::add);
    }
    if (subscription.isOverrun()) {
      events.add(error(Refusal.expired("the watcher did not keep up")));
      return new Batch(events, After.END);
    }
    if (bookmarks && System.nanoTime() - nextBookmarkNanos >= 0) {
      events.add(bookmarkNow());
      scheduleBookmark();
    }
    return new Batch(events, After.MORE);
  }

  private void scheduleBookmark() {
    nextBookmarkNanos =
        System.nanoTime() + options.bookmarkEvery().orElse(options.lifetime()).toNanos();
  }

  private Optional<byte[]> translate(Change change) {
    boolean before = change.previous().filter(selection::matches).isPresent();
    boolean now = change.type() != Change.Type.DELETED && selection.matches(change.object());
    if (now) {
      return Optional.of(event(before ? "MODIFIED" : "ADDED", view.object(change.object())));
    }
    if (!before) {
      return Optional.empty();
    }
    StoredObject last =
        change.type() == Change.Type.DELETED
            ? change.object()
            : change.previous().orElseThrow().atVersion(change.version());
    return Optional.of(event("DELETED", view.object(last)));
  }

  private byte[] bookmarkNow() {
    return event("BOOKMARK", bookmark(subscription.versionSeen(), ""));
  }

  private byte[] bookmark(long version, String endOfInitialEvents) {
    ObjectNode object =
        JsonTree.object().put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(version)).putNull("creationTimestamp");
    if (!endOfInitialEvents.isEmpty()) {
      metadata.putObject("annotations").put("k8s.io/initial-events-end", endOfInitialEvents);
    }
    return JsonTree.bytes(object);
  }

  /// A watch that says one thing and ends.
  static byte[] error(Refusal refusal) {
    return event("ERROR", JsonTree.bytes(refusal.toStatus()));
  }

  private static byte[] event(String type, byte[] object) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(object.length + 32);
    text.writeBytes(
        "{\"type\":\"%s\",\"object\":".formatted(type).getBytes(StandardCharsets.UTF_8));
    text.writeBytes(object);
    text.write('}');
    return text.toByteArray();
  }

  @Override
  public void close() {
    subscription.close();
  }
}
