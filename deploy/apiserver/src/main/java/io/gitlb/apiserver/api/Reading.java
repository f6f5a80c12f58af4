// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.store.ObjectStore;
import io.gitlb.apiserver.store.ObjectStore.InitialWatch;
import io.gitlb.apiserver.store.Snapshot;
import io.gitlb.apiserver.store.StoredObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// GET: one object, a list, a watch.
final class Reading {
  /// How long a watch lasts that names no time; a real server picks 30 to 60 minutes.
  private static final Duration DEFAULT_WATCH = Duration.ofMinutes(30);

  private final ObjectStore store;
  private final InstantSource clock;
  private final Faults faults;
  private final Duration bookmarkInterval;

  Reading(ObjectStore store, InstantSource clock, Faults faults, Duration bookmarkInterval) {
    this.store = store;
    this.clock = clock;
    this.faults = faults;
    this.bookmarkInterval = bookmarkInterval;
  }

  Answer<Reply> get(Target target, ApiRequest request) {
    ObjectView view = ObjectView.of(target.kind(), request, clock);
    return store
        .get(ResourceKinds.stored(target.kind()), target.key())
        .map(object -> Answer.of(Reply.json(200, view.object(object))))
        .orElseGet(() -> Answer.refused(Refusal.notFound(target.kind(), target.name())));
  }

  Answer<Reply> list(Target target, ApiRequest request) {
    ObjectView view = ObjectView.of(target.kind(), request, clock);
    String token = request.parameter("continue");
    Answer<Optional<PageToken>> page =
        token.isEmpty() ? Answer.of(Optional.empty()) : PageToken.read(token).map(Optional::of);
    return Selection.of(target.kind(), target.namespace(), request)
        .then(
            selection ->
                page.then(
                    after ->
                        snapshot(target, request, after)
                            .map(
                                snapshot ->
                                    Reply.json(
                                        200, page(request, view, selection, snapshot, after)))));
  }

  private Answer<Snapshot> snapshot(Target target, ApiRequest request, Optional<PageToken> after) {
    ResourceKind kind = ResourceKinds.stored(target.kind());
    if (after.isPresent()) {
      return store.listAt(kind, target.namespace(), after.get().version());
    }
    long asked = request.number("resourceVersion").orElse(0);
    if (asked > 0 && request.parameter("resourceVersionMatch").equals("Exact")) {
      return store.listAt(kind, target.namespace(), asked);
    }
    Snapshot present = store.list(kind, target.namespace());
    return asked > present.version()
        ? Answer.refused(Refusal.versionInFuture(asked, present.version()))
        : Answer.of(present);
  }

  private static byte[] page(
      ApiRequest request,
      ObjectView view,
      Selection selection,
      Snapshot snapshot,
      Optional<PageToken> after) {
    List<StoredObject> all =
        snapshot.objects().stream()
            .filter(object -> after.isEmpty() || object.key().compareTo(after.get().lastKey()) > 0)
            .filter(selection::matches)
            .toList();
    ObjectNode metadata = JsonTree.object();
    metadata.put("resourceVersion", Long.toString(snapshot.version()));
    int limit = (int) Math.min(Integer.MAX_VALUE, request.number("limit").orElse(0));
    if (limit == 0 || all.size() <= limit) {
      return view.list(metadata, all);
    }
    List<StoredObject> some = all.subList(0, limit);
    ObjectKey last = some.getLast().key();
    metadata.put("continue", new PageToken(snapshot.version(), last).write());
    if (selection.labels().terms().isEmpty() && selection.fields().terms().isEmpty()) {
      metadata.put("remainingItemCount", all.size() - limit);
    }
    return view.list(metadata, some);
  }

  Answer<Reply> watch(Target target, ApiRequest request) {
    ResourceKind kind = target.kind();
    Target collection = new Target(kind, target.namespace(), "", "");
    return Selection.of(kind, target.namespace(), narrowed(target, request))
        .map(selection -> new Reply.Events(feed(collection, request, selection)));
  }

  /// A watch on a name is a watch with a field selector.
  private static ApiRequest narrowed(Target target, ApiRequest request) {
    if (target.name().isEmpty()) {
      return request;
    }
    java.util.Map<String, String> query = new java.util.TreeMap<>(request.query());
    query.merge(
        "fieldSelector", "metadata.name=" + target.name(), (given, own) -> given + "," + own);
    return new ApiRequest(
        request.method(),
        request.path(),
        query,
        request.headers(),
        request.body(),
        request.remote());
  }

  private EventFeed feed(Target target, ApiRequest request, Selection selection) {
    ResourceKind stored = ResourceKinds.stored(target.kind());
    ObjectView view = ObjectView.of(target.kind(), request, clock);
    Duration lifetime =
        request.number("timeoutSeconds").isPresent()
            ? Duration.ofSeconds(request.number("timeoutSeconds").getAsLong())
            : DEFAULT_WATCH;
    WatchFeed.Options options =
        new WatchFeed.Options(
            lifetime,
            request.isTrue("allowWatchBookmarks")
                ? Optional.of(bookmarkInterval)
                : Optional.empty());
    long after = request.number("resourceVersion").orElse(0);
    boolean sendInitial = request.isTrue("sendInitialEvents");
    if (after == 0 || sendInitial) {
      InitialWatch watch = store.watchFromNow(stored, target.namespace());
      Optional<Long> endMark =
          sendInitial ? Optional.of(watch.snapshot().version()) : Optional.empty();
      return new WatchFeed(
          watch.subscription(),
          target.kind(),
          selection,
          view,
          options,
          faults,
          new WatchFeed.Initial(watch.snapshot().objects(), endMark));
    }
    return switch (store.watchAfter(stored, after)) {
      case Answer.Given<io.gitlb.apiserver.store.Subscription>(var subscription) ->
          new WatchFeed(
              subscription,
              target.kind(),
              selection,
              view,
              options,
              faults,
              WatchFeed.Initial.NOTHING);
      case Answer.Refused<io.gitlb.apiserver.store.Subscription>(var refusal) ->
          EventFeed.only(WatchFeed.error(refusal));
    };
  }
}
