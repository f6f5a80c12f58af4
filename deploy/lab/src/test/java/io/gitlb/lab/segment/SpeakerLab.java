// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.demo.net.SettledNode;
import io.gitlb.lab.segment.LabStates.Contest;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// A segment with speakers: `node-1` to `node-N`, each a namespace with a real `gitlb speaker`, and
/// a client. The lab is the reconciler. Everything is in namespaces of its own and goes with the
/// sandbox.
///
/// The segment is 10.78.0.0/16: node N has .1N, the client .200, the observer .201. With a
/// management network of their own (198.18.0.0/16) the speakers' APIs are there, else on the
/// segment too.
public final class SpeakerLab implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /// A state with 10,000 routes in a process that has just begun.
  private static final Duration PUSH_LIMIT = Duration.ofSeconds(20);

  /// Certificates are good by clocks that are so far behind, too.
  private static final Duration OLDEST_CLOCK = Duration.ofHours(3);

  private static final String DESIRED = "/v1/desired";

  /// Where the APIs of the speakers are.
  public enum Management {
    OWN_NETWORK,
    ON_THE_SEGMENT
  }

  private final Sandbox sandbox;
  private final Distribution distribution;
  private final Management management;
  private final LabBridge lan;
  private final LabBridge managementBridge;
  private final Host client;
  private final Host observer;
  private final LabReconciler reconciler;
  private final Host reconcilerHost;
  private final Path livenessKeys;
  private final List<LabNode> nodes = new ArrayList<>();
  private final Map<NodeName, TlsIdentity> identities = new HashMap<>();
  private final Map<NodeName, RunningProcess> speakers = new ConcurrentHashMap<>();
  private SortedMap<IpAddress, Contest> contests = new TreeMap<>();
  private OptionalInt healthPort = OptionalInt.empty();

  /// Where addresses are announced; empty for every interface.
  private List<String> announcing = List.of(LabNode.LAN);

  /// Node → its interfaces on further segments (1:1).
  private final Map<NodeName, List<Member.Link>> further = new ConcurrentHashMap<>();

  private String javaOptions = "";
  private Optional<LabClocks> clocks = Optional.empty();
  private volatile boolean reconcilerDead;
  private Generation generation = new Generation(1, 1);

  /// Node → what it was told last of peers and routes (1:1).
  private final Map<NodeName, Told> told = new HashMap<>();

  /// @param digest the speaker's word for it
  private record Told(DesiredState state, String digest) {}

  /// Builds the network and the certificates; starts no speaker.
  ///
  /// @param count of nodes, 1 to 9
  public SpeakerLab(Sandbox sandbox, Distribution distribution, int count, Management management) {
    this.sandbox = sandbox;
    this.distribution = distribution;
    this.management = management;
    this.lan = new LabBridge(sandbox, "lan");
    this.managementBridge =
        management == Management.OWN_NETWORK ? new LabBridge(sandbox, "mgmt") : lan;
    this.client = onSegment("client", "10.78.0.200/16");
    this.observer = onSegment("observer", "10.78.0.201/16");
    this.reconcilerHost = sandbox.host("reconciler");
    managementBridge.attach(reconcilerHost, LabNode.MANAGEMENT, reconcilerAddress() + "/16");
    this.livenessKeys = sandbox.scratch().resolve("liveness-keys");
    try {
      Files.writeString(livenessKeys, "1 " + "5a".repeat(20) + "\n");
      DevelopmentCertificates certificates =
          DevelopmentCertificates.create(
              sandbox.scratch().resolve("tls"), Instant.now().minus(OLDEST_CLOCK));
      reconciler = new LabReconciler(reconcilerHost, certificates.reconciler());
      for (int i = 1; i <= count; i++) {
        addNode(i, certificates);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sandbox.closeLater(this);
  }

  private Host onSegment(String name, String cidr) {
    Host host = sandbox.host(name);
    lan.attach(host, LabNode.LAN, cidr);
    return host;
  }

  private void addNode(int i, DevelopmentCertificates certificates) throws IOException {
    NodeName name = new NodeName("node-" + i);
    Host host = onSegment(name.toString(), "10.78.0.1" + i + "/16");
    String address = "10.78.0.1" + i;
    String api = address;
    if (management == Management.OWN_NETWORK) {
      api = "198.18.0.1" + i;
      managementBridge.attach(host, LabNode.MANAGEMENT, api + "/16");
    }
    LabNode node = new LabNode(name, host, address, api, host.mac(LabNode.LAN));
    nodes.add(node);
    identities.put(name, certificates.speaker(name));
    reconciler.meet(node);
  }

  /// The nodes, by number.
  public List<LabNode> nodes() {
    return List.copyOf(nodes);
  }

  /// The segment.
  public LabBridge lan() {
    return lan;
  }

  /// Adds a segment that nobody is on yet. Speakers that are started from now on use every `ethN`.
  public LabBridge addSegment(String name) {
    announcing = List.of();
    return new LabBridge(sandbox, name);
  }

  /// Gives a node an interface on a further segment. The others know of it from the next decision
  /// on, as when the reconciler has read it in the node's status.
  ///
  /// @param address in a prefix of [LabNode#PREFIX_LENGTH]
  public void plug(LabBridge segment, LabNode node, String interfaceName, String address) {
    segment.attach(node.host(), interfaceName, address + "/" + LabNode.PREFIX_LENGTH);
    MacAddress mac = node.host().mac(interfaceName);
    List<Member.Link> links = new ArrayList<>(further.getOrDefault(node.name(), List.of()));
    links.add(LabStates.link(interfaceName, mac, address));
    further.put(node.name(), List.copyOf(links));
  }

  /// The network of the APIs; the segment itself where they are there.
  public LabBridge managementNetwork() {
    return managementBridge;
  }

  /// A host on the segment that is no node.
  public Host client() {
    return client;
  }

  /// Has the client ask anew who has the addresses that it uses. A node that had one before would
  /// still take the client's packets, and its failure would be missed.
  public void forgetNeighbours() {
    client.ip("neigh", "flush", "dev", LabNode.LAN).orThrow();
  }

  /// Another one, for who only looks.
  public Host observer() {
    return observer;
  }

  /// Gives speakers that are started from now on other options of the Java machine.
  public void javaOptions(String options) {
    javaOptions = options;
  }

  /// Gives speakers that are started from now on clocks that can be set.
  public void ownClocks() {
    clocks = Optional.of(new LabClocks(sandbox.scratch()));
  }

  /// Whether they have such.
  public boolean hasOwnClocks() {
    return clocks.isPresent();
  }

  /// Sets the time of day of a node's speaker, which sees that within a second.
  ///
  /// @param ahead of the machine's, in whole seconds; three hours behind at most
  public void setClock(LabNode node, Duration ahead) {
    clocks.orElseThrow().set(node, ahead);
  }

  /// Where the reconciler is on the network of the APIs.
  public String reconcilerAddress() {
    return (management == Management.OWN_NETWORK ? "198.18.0." : "10.78.0.") + "1";
  }

  /// Lets nothing pass between the reconciler and a node, in either direction.
  public void cutOff(LabNode node) {
    blackhole(node, "add");
  }

  /// The opposite of [#cutOff].
  public void reconnect(LabNode node) {
    blackhole(node, "del");
  }

  private void blackhole(LabNode node, String change) {
    node.host().ip("route", change, "blackhole", reconcilerAddress() + "/32").orThrow();
    reconcilerHost.ip("route", change, "blackhole", node.api() + "/32").orThrow();
  }

  /// Gives speakers their states when they ask, as the reconciler does; those that are started from
  /// now on know where.
  public void serveStates() {
    reconciler.serve(reconcilerAddress(), this::desired);
  }

  private synchronized Optional<DesiredState> desired(NodeName name) {
    return nodes.stream()
        .filter(node -> node.name().equals(name) && !reconcilerDead)
        .findFirst()
        .map(this::stateOf);
  }

  /// Starts the speaker of a node, again when it ran before, and waits until it answers.
  public RunningProcess start(LabNode node) {
    RunningProcess process = startOnly(node);
    awaitAnswer(node);
    return process;
  }

  /// Waits until a speaker that was started answers.
  public void awaitAnswer(LabNode node) {
    if (Poll.until(START_LIMIT, () -> status(node), Optional::isPresent)
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException(
          "the speaker of " + node.name() + " does not answer: " + speaker(node).tail(10));
    }
  }

  /// Starts the speaker of a node without waiting for it.
  public RunningProcess startOnly(LabNode node) {
    TlsIdentity identity = Objects.requireNonNull(identities.get(node.name()));
    SettledNode.at(stateDirectory(node));
    List<String> arguments =
        List.of(
            "speaker",
            "--node=" + node.name(),
            "--state-dir=" + stateDirectory(node),
            "--listen=" + node.api() + ":" + LabNode.PORT,
            "--interface-regex=" + (announcing.isEmpty() ? "eth\\d" : LabNode.LAN),
            "--tls-cert=" + identity.certificateChain(),
            "--tls-key=" + identity.privateKey(),
            "--tls-ca=" + identity.authorities());
    Map<String, String> environment = new HashMap<>(distribution.environment());
    environment.put("GITLB_LIVENESS_KEY_FILE", livenessKeys.toString());
    if (!javaOptions.isEmpty()) {
      environment.put("GITLB_JAVA_OPTS", javaOptions);
    }
    reconciler.url().ifPresent(url -> environment.put("GITLB_RECONCILER_URL", url));
    clocks.ifPresent(own -> environment.putAll(own.environment(node)));
    RunningProcess process =
        node.host().start("speaker-" + node.name(), distribution.command(arguments), environment);
    // At the end nobody is asked to leave in good order, a stopped one could not.
    sandbox.closeLater(
        () -> {
          process.kill();
          clocks.ifPresent(_ -> LabClocks.ended(process));
        });
    speakers.put(node.name(), process);
    return process;
  }

  /// The speaker of a node, as it was started last.
  ///
  /// @throws NullPointerException when it never was
  public RunningProcess speaker(LabNode node) {
    return Objects.requireNonNull(speakers.get(node.name()), node.name()::toString);
  }

  /// Where a speaker keeps its state.
  public Path stateDirectory(LabNode node) {
    return sandbox.scratch().resolve("speaker-" + node.name());
  }

  /// The file with the keys of the liveness sessions, which speakers read again as it changes.
  public Path livenessKeys() {
    return livenessKeys;
  }

  /// A speaker's status; empty when it does not answer.
  public Optional<SpeakerStatus> status(LabNode node) {
    return reconciler.status(node);
  }

  /// Calls a speaker as the reconciler does.
  public HttpResult call(LabNode node, HttpCall call) {
    return reconciler.call(node, call);
  }

  /// Decides anew who may announce what, and tells every speaker that can be reached.
  ///
  /// @param newCandidates address → its candidates, best first
  /// @return those that have stored it
  public List<LabNode> decide(SortedMap<IpAddress, List<NodeName>> newCandidates) {
    synchronized (this) {
      generation = new Generation(generation.epoch(), generation.number() + 1);
      SortedMap<IpAddress, Contest> next = new TreeMap<>();
      newCandidates.forEach((address, list) -> next.put(address, contest(address, list)));
      contests = next;
    }
    return nodes.stream().filter(this::push).toList();
  }

  private Contest contest(IpAddress address, List<NodeName> list) {
    Contest before = contests.get(address);
    Generation term =
        before != null && before.candidates().equals(list) ? before.term() : generation;
    return new Contest(term, list, announcing, healthPort);
  }

  /// Makes every address one of a Service with the traffic policy Local, from the next decision on.
  ///
  /// @param port where each node's proxy tells whether it has an endpoint
  public void healthPort(int port) {
    healthPort = OptionalInt.of(port);
  }

  /// The addresses that somebody shall announce.
  public SortedSet<IpAddress> given() {
    return new TreeSet<>(contests.keySet());
  }

  /// Lets the reconciler die: nobody is told anything until [#reviveReconciler].
  public void killReconciler() {
    reconcilerDead = true;
  }

  /// Lets it live again, which tells everybody what was decided last.
  ///
  /// @return those that have stored it
  public List<LabNode> reviveReconciler() {
    reconcilerDead = false;
    return nodes.stream().filter(this::push).toList();
  }

  /// Tells one speaker what was decided last.
  ///
  /// @return whether it has stored it
  public boolean push(LabNode node) {
    if (reconcilerDead) {
      return false;
    }
    return put(node, stateOf(node));
  }

  private DesiredState stateOf(LabNode node) {
    List<Member> members =
        nodes.stream()
            .map(one -> LabStates.member(one, further.getOrDefault(one.name(), List.of())))
            .toList();
    return LabStates.of(node, generation, contests, members);
  }

  /// Tells one speaker of BGP peers and of the routes for them, and of nothing else.
  ///
  /// @param routes address → what leads to it
  /// @return whether it has stored it
  public boolean route(
      LabNode node, List<PeerSettings> peers, SortedMap<IpAddress, List<BgpRoute>> routes) {
    return route(node, Routing.of(peers, routes));
  }

  /// Tells one speaker of nothing but this.
  ///
  /// @return whether it has stored it
  public boolean route(LabNode node, Routing routing) {
    DesiredState state = LabStates.routed(node, nextGeneration(), routing);
    HttpCall call =
        HttpCall.put(DESIRED, "application/json", HttpBody.of(ProtocolCodec.encode(state)));
    return push(node, state, call);
  }

  /// Prepares to tell one speaker what is other than it was told last by [#route], as the
  /// reconciler does.
  ///
  /// @return tells it; whether it has stored it
  public BooleanSupplier routeChange(LabNode node, Routing routing) {
    Told base = Objects.requireNonNull(told.get(node.name()), "a change of what?");
    DesiredState state = LabStates.routed(node, nextGeneration(), routing);
    DesiredDelta delta = DesiredDelta.between(base.state(), base.digest(), state);
    HttpCall call =
        HttpCall.patch(DESIRED, "application/json", HttpBody.of(ProtocolCodec.encode(delta)))
            .withHeader("if-match", '"' + base.digest() + '"');
    return () -> push(node, state, call);
  }

  private Generation nextGeneration() {
    generation = new Generation(generation.epoch(), generation.number() + 1);
    return generation;
  }

  private boolean push(LabNode node, DesiredState state, HttpCall call) {
    HttpResult result = reconciler.call(node, call, PUSH_LIMIT);
    if (!(result instanceof HttpResult.Answered(HttpAnswer answer))
        || !(ProtocolCodec.decodeReply(answer.body().octets())
            instanceof Decoded.Value<PushReply>(PushReply.Stored(Generation _, String digest)))) {
      return false;
    }
    told.put(node.name(), new Told(state, digest));
    return true;
  }

  private boolean put(LabNode node, DesiredState state) {
    byte[] document = ProtocolCodec.encode(state);
    HttpResult result =
        call(node, HttpCall.put(DESIRED, "application/json", HttpBody.of(document)));
    return result instanceof HttpResult.Answered(HttpAnswer answer) && answer.status() == 200;
  }

  @Override
  public void close() {
    reconciler.close();
  }
}
