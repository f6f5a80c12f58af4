// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ObjectKey;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import io.gitlb.apiserver.resource.ServerVersion;
import io.gitlb.apiserver.rules.ObjectRules;
import io.gitlb.apiserver.rules.PortRange;
import io.gitlb.apiserver.store.Edit;
import io.gitlb.apiserver.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// From a request to a reply.
public final class ApiHandler {
  private static final Set<String> HEALTH = Set.of("/healthz", "/livez", "/readyz");

  private final String token;
  private final ServerVersion version;
  private final Discovery discovery;
  private final ObjectStore store;
  private final ObjectRules rules;
  private final Faults faults;
  private final RequestCounter counter = new RequestCounter();
  private final Reading reading;
  private final Writing writing;
  private final Patching patching;
  private final Deleting deleting;

  /// @param token what clients have to present
  /// @param historyLimit changes kept per kind
  /// @param bookmarkInterval how often a watch that wants bookmarks gets one
  public record Settings(
      String token,
      int historyLimit,
      Duration bookmarkInterval,
      PortRange nodePortRange,
      ServerVersion version) {}

  public ApiHandler(Settings settings, InstantSource clock) {
    this.token = settings.token();
    this.store = new ObjectStore(settings.historyLimit());
    this.version = settings.version();
    this.discovery = new Discovery(version);
    this.rules = new ObjectRules(settings.nodePortRange(), version);
    this.faults = new Faults(store::forgetHistory);
    this.reading = new Reading(store, clock, faults, settings.bookmarkInterval());
    this.writing = new Writing(store, rules, clock);
    this.patching = new Patching(writing, version);
    this.deleting = new Deleting(store, rules, clock);
  }

  /// Makes a namespace, as a cluster has them from its beginning.
  ///
  /// @param uid empty for a random one
  public void seedNamespace(String name, String uid, InstantSource clock) {
    seed(ResourceKinds.NAMESPACES, name, JsonTree.object(), uid, clock);
  }

  /// Makes the object that names the ranges of the cluster IPs, on a server that has such objects.
  public void seedServiceRanges(InstantSource clock) {
    if (version.serves(ResourceKinds.SERVICE_CIDRS)) {
      ObjectNode ranges = JsonTree.object();
      JsonTree.putTexts(JsonTree.child(ranges, "spec"), "cidrs", ObjectRules.serviceRanges());
      seed(ResourceKinds.SERVICE_CIDRS, "kubernetes", ranges, "", clock);
    }
  }

  private void seed(
      ResourceKind kind, String name, ObjectNode body, String uid, InstantSource clock) {
    ObjectKey key = new ObjectKey("", name);
    var _ =
        store.edit(
            kind,
            key,
            _ ->
                rules
                    .onCreate(kind, key, body, clock.instant())
                    .map(
                        made -> {
                          if (!uid.isEmpty()) {
                            JsonTree.child(made, "metadata").put("uid", uid);
                          }
                          return new Edit.Put(made);
                        }));
  }

  public Faults faults() {
    return faults;
  }

  public RequestCounts requestCounts() {
    return counter.read();
  }

  /// How many watches are open on a kind.
  ///
  /// @param plural such as `services`
  public int watchCount(String plural) {
    return ResourceKinds.all().stream()
        .filter(kind -> kind.plural().equals(plural))
        .findFirst()
        .map(store::watchCount)
        .orElse(0);
  }

  /// Answers a request; may wait, as a fault knob says.
  public Reply handle(ApiRequest request) throws InterruptedException {
    if (HEALTH.contains(request.path())) {
      return Reply.text("ok");
    }
    if (!request.path().equals("/version") && !isAuthenticated(request)) {
      return Reply.refused(Refusal.unauthorized());
    }
    Answer<Reply> answer =
        switch (request.path()) {
          case "/_faults" -> FaultPath.handle(request, faults);
          case "/_requests" -> Answer.of(Reply.json(200, counts()));
          default -> served(request);
        };
    return switch (answer) {
      case Answer.Given<Reply>(Reply reply) -> reply;
      case Answer.Refused<Reply>(Refusal refusal) -> Reply.refused(refusal);
    };
  }

  private boolean isAuthenticated(ApiRequest request) {
    byte[] given = request.header("authorization").getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode counts() {
    ObjectNode counts = JsonTree.object();
    requestCounts().byVerbAndResource().forEach(counts::put);
    return counts;
  }

  private Answer<Reply> served(ApiRequest request) throws InterruptedException {
    Optional<Target> target = Target.of(request.path()).filter(each -> version.serves(each.kind()));
    if (target.isEmpty()) {
      Optional<Refusal> fault = faults.admit("", Faults.Intent.READ);
      return fault.isPresent() ? Answer.refused(fault.get()) : document(request);
    }
    Optional<Verb> verb = Verb.of(request, target.get());
    if (verb.isEmpty()) {
      return Answer.refused(Refusal.methodNotAllowed());
    }
    counter.count(verb.get().toString(), target.get().resource());
    Optional<Refusal> fault = faults.admit(target.get().resource(), verb.get().intent());
    return fault.isPresent()
        ? Answer.refused(fault.get())
        : perform(verb.get(), target.get(), request);
  }

  private Answer<Reply> document(ApiRequest request) {
    Optional<Answer<Reply>> document =
        request.method().equals("GET")
            ? discovery.at(request.path()).map(found -> Answer.of(Reply.json(200, found)))
            : Optional.empty();
    return document.orElseGet(() -> Answer.refused(Refusal.noSuchPath()));
  }

  private Answer<Reply> perform(Verb verb, Target target, ApiRequest request) {
    return switch (verb) {
      case GET -> reading.get(target, request);
      case LIST -> reading.list(target, request);
      case WATCH -> reading.watch(target, request);
      case CREATE -> writing.create(target, request);
      case UPDATE -> settled(target, writing.replace(target, request));
      case PATCH -> settled(target, patching.patch(target, request));
      case DELETE -> deleting.delete(target, request);
      case DELETECOLLECTION -> deleting.deleteCollection(target, request);
    };
  }

  /// A change may have taken the last finalizer of the last object of a namespace that is going.
  private Answer<Reply> settled(Target target, Answer<Reply> answer) {
    if (!target.namespace().isEmpty()) {
      deleting.finishNamespace(target.namespace());
    }
    return answer;
  }

  /// Names of the namespaces that every cluster has.
  public static List<String> seededNamespaces() {
    return List.of("default", "kube-system", "kube-public", "kube-node-lease");
  }
}
