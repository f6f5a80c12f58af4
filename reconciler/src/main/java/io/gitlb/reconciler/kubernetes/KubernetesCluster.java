// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.reconciler.cluster.PasswordSecrets.Content;
import io.gitlb.reconciler.kubernetes.EndpointTranslator.SliceView;
import io.gitlb.reconciler.kubernetes.EventQueue.Told;
import io.gitlb.reconciler.kubernetes.LiveView.NamespaceFacts;
import io.gitlb.reconciler.kubernetes.ServerFacts.IpMode;
import io.gitlb.reconciler.kubernetes.ServerFacts.ServiceCidrs;
import io.gitlb.reconciler.kubernetes.ServiceTranslator.ServiceFacts;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The Kubernetes API behind [ClusterPort].
///
/// Starting never waits and never fails: the informers retry for ever, and [#view] stays empty
/// until each has listed once and the server has said what it can do. What keeps them is told to
/// the failure listener, once per change. [#view] costs what has changed since the last call.
public final class KubernetesCluster implements ClusterPort, AutoCloseable {

  /// Owns the status fields that we apply.
  public static final String FIELD_MANAGER = StatusWriter.FIELD_MANAGER;

  /// For the first list of what the server does not refuse, but does not give either. Long: who
  /// goes on without the Secrets takes the passwords of all peers back.
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Runnable onChange;
  private final WatchFailures failures;
  private final ServerFacts server;
  private final StatusWriter statuses;
  private final EventQueue events;
  private final LiveView live;
  private final WatchedKind<Service, ServiceFacts> services;
  private final WatchedKind<Node, NodeView> nodes;
  private final WatchedKind<EndpointSlice, SliceView> slices;
  private final WatchedKind<Namespace, NamespaceFacts> namespaces;

  /// Empty when there is no namespace for them.
  private final Optional<Passwords> secrets;

  /// Empty until the server has said that it serves them; of the caller of [#view].
  private Optional<WatchedKind<ServiceCIDR, List<IpPrefix>>> serviceCidrs = Optional.empty();

  /// When all the rest was listed; of the caller of [#view].
  private Optional<Instant> otherwiseComplete = Optional.empty();

  /// Closed in the opposite order.
  private final List<WatchedKind<?, ?>> watched = new CopyOnWriteArrayList<>();

  private record Passwords(String namespace, WatchedKind<Secret, Content> watched) {

    private boolean isKnown() {
      return watched.isListed();
    }
  }

  /// Starts the informers.
  ///
  /// @param client closed by the caller, after this
  /// @param scope what to read
  /// @param onChange called from the informers' threads whenever a view has changed
  /// @param onFailure called when the API server cannot be read, once per different failure
  public KubernetesCluster(
      KubernetesClient client,
      ClusterScope scope,
      InstantSource clock,
      Runnable onChange,
      Consumer<Failure> onFailure) {
    this.client = client;
    this.clock = clock;
    this.onChange = onChange;
    PlainCalls calls = new PlainCalls(client);
    server = new ServerFacts(calls, onChange);
    failures = new WatchFailures(client.getMasterUrl().toString(), server::doubt, onFailure);
    live = new LiveView(apiServer(client));
    ServiceTranslator translator = new ServiceTranslator(scope.classes(), FIELD_MANAGER);
    services =
        watch(
            new WatchedKind<>(
                "Services",
                client.services().inAnyNamespace(),
                service -> Optional.of(translator.facts(service)),
                onChange,
                failures));
    nodes =
        watch(
            new WatchedKind<>(
                "Nodes",
                client.nodes(),
                node -> Optional.of(NodeTranslator.translate(node)),
                onChange,
                failures));
    slices =
        watch(
            new WatchedKind<>(
                "EndpointSlices",
                client.discovery().v1().endpointSlices().inAnyNamespace(),
                EndpointTranslator::translate,
                onChange,
                failures));
    namespaces =
        watch(
            new WatchedKind<>(
                "Namespaces",
                client.namespaces(),
                namespace -> Optional.of(facts(namespace)),
                onChange,
                failures));
    secrets = scope.secretsNamespace().map(namespace -> secrets(namespace));
    statuses = new StatusWriter(calls, this::ipMode, clock, this::cached);
    events = new EventQueue(new EventSender(calls, onFailure)::create, EventQueue.ROOM);
    events.start();
    watched.forEach(WatchedKind::start);
  }

  /// Of one namespace and one type: what else is secret is none of our business.
  private Passwords secrets(String namespace) {
    return new Passwords(
        namespace,
        watch(
            new WatchedKind<>(
                "Secrets",
                client.secrets().inNamespace(namespace).withField("type", PasswordSecrets.TYPE),
                PasswordTranslator::translate,
                onChange,
                failures)));
  }

  private <K extends WatchedKind<?, ?>> K watch(K kind) {
    watched.add(kind);
    return kind;
  }

  /// The address in the server's URL, unless that has a name.
  private static Set<IpAddress> apiServer(KubernetesClient client) {
    String host = client.getMasterUrl().getHost();
    return IpAddress.parse(host.replaceAll("[\\[\\]]", "")).stream().collect(Collectors.toSet());
  }

  private static NamespaceFacts facts(Namespace namespace) {
    Map<String, String> labels = namespace.getMetadata().getLabels();
    return new NamespaceFacts(
        namespace.getMetadata().getName(),
        namespace.getMetadata().getUid(),
        labels == null ? new TreeMap<>() : new TreeMap<>(labels));
  }

  private IpMode ipMode() {
    return server.known().map(ServerFacts.Known::ipMode).orElse(IpMode.NO_FIELD);
  }

  private Optional<Service> cached(ServiceRef service) {
    return services.cached(service.namespace() + "/" + service.name());
  }

  @Override
  public Optional<ClusterView> view() {
    server.refresh();
    // Looked at once: an answer that comes meanwhile would let a view through for which the
    // ServiceCIDRs are not watched yet.
    Optional<ServerFacts.Known> known = server.known();
    known.ifPresent(this::watchServiceCidrs);
    if (known.isEmpty() || !isComplete()) {
      return Optional.empty();
    }
    // Asked for first: a deletion whose change is not there yet would be taken for an old one.
    Set<String> deletions = services.deletions();
    live.applyServices(services.changes());
    live.applyDeletions(deletions);
    live.applySlices(slices.changes());
    live.applyNodes(nodes.changes());
    live.applyNamespaces(namespaces.changes());
    secrets.ifPresent(this::applySecrets);
    serviceCidrs.ifPresent(ranges -> live.applyServiceCidrs(ranges.changes()));
    return live.view();
  }

  private void applySecrets(Passwords passwords) {
    if (passwords.isKnown()) {
      live.applySecrets(passwords.namespace(), passwords.watched().changes());
    } else {
      live.withoutSecrets(
          "the API server does not list the Secrets of the namespace %s; the log has more"
              .formatted(passwords.namespace()));
    }
  }

  /// Nothing is decided on half a view; but ServiceCIDRs and Secrets that we may not read keep
  /// nobody, and a server that fails to give only them keeps us for a while only.
  private boolean isComplete() {
    if (!Stream.of(services, nodes, slices, namespaces).allMatch(WatchedKind::isListed)) {
      return false;
    }
    Instant now = clock.instant();
    Instant since = otherwiseComplete.orElse(now);
    otherwiseComplete = Optional.of(since);
    return !now.isBefore(since.plus(PATIENCE))
        || Stream.concat(serviceCidrs.stream(), secrets.map(Passwords::watched).stream())
            .allMatch(kind -> kind.isListed() || kind.wasRefused());
  }

  /// Why something that there is no view without could not be listed so far; empty while nothing
  /// speaks against it. Secrets that are not for us, and ServiceCIDRs, are no such thing.
  Optional<Failure> obstacle() {
    return Stream.of(services, nodes, slices, namespaces)
        .flatMap(kind -> kind.failure().stream())
        .findFirst();
  }

  private void watchServiceCidrs(ServerFacts.Known server) {
    if (server.serviceCidrs() == ServiceCidrs.SERVED && serviceCidrs.isEmpty()) {
      WatchedKind<ServiceCIDR, List<IpPrefix>> ranges =
          watch(
              new WatchedKind<>(
                  "ServiceCIDRs",
                  client.resources(ServiceCIDR.class),
                  range -> Optional.of(prefixes(range)),
                  onChange,
                  failures));
      ranges.start();
      serviceCidrs = Optional.of(ranges);
    }
  }

  private static List<IpPrefix> prefixes(ServiceCIDR range) {
    return range.getSpec() == null || range.getSpec().getCidrs() == null
        ? List.of()
        : range.getSpec().getCidrs().stream()
            .flatMap(text -> IpPrefix.parse(text).stream())
            .toList();
  }

  /// Returns when all statuses are written or have failed; the Events of those that are written
  /// follow in the background.
  @Override
  public List<FailedWrite> write(List<StatusWrite> writes) {
    List<FailedWrite> failed = events.yieldingTo(() -> statuses.write(writes));
    Set<ServiceRef> unwritten =
        failed.stream().map(FailedWrite::service).collect(Collectors.toSet());
    for (StatusWrite write : writes) {
      if (!unwritten.contains(write.service())) {
        write
            .event()
            .ifPresent(
                event ->
                    events.add(new Told(write.service(), write.uid(), event, clock.instant())));
      }
    }
    return failed;
  }

  /// How many Events were never created because too many waited, since the start.
  public long droppedEvents() {
    return events.dropped();
  }

  /// Sends the last Events, for a moment at most, and stops the informers.
  @Override
  public void close() {
    events.close();
    watched.reversed().forEach(WatchedKind::close);
  }
}
