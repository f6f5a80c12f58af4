// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.cluster.ClusterUser;
import io.gitlb.demo.git.BareRepository;
import io.gitlb.demo.git.LogEntry;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.demo.net.SettledNode;
import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/// A whole GitLB of real processes: API server stand-in, Git remote, reconciler, speakers. Each
/// part is started by its own call, so that callers tell and test what happens in between; all end
/// with the sandbox.
public final class Installation implements AutoCloseable {

  /// Name of the cluster, as in the example repository.
  public static final String CLUSTER = "demo";

  /// The ledger's branch.
  public static final String LEDGER_BRANCH = "allocations/" + CLUSTER;

  /// From exec until a program serves, on a busy machine with two cores.
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Sandbox sandbox;
  private final Distribution distribution;
  private final List<DemoNode> nodes;
  private final BareRepository remote;
  private final TlsIdentity reconcilerIdentity;
  private final Map<String, String> environment = new HashMap<>();
  private final HttpLoops loops = HttpLoops.open(1);

  /// Node → its speaker's certificate and key.
  private final SortedMap<NodeName, TlsIdentity> speakerIdentities = new TreeMap<>();

  /// Node → how its speaker is asked.
  private final SortedMap<NodeName, SpeakerApi> speakerApis = new TreeMap<>();

  private Optional<ClusterUser> user = Optional.empty();
  private OptionalInt reconcilerPort = OptionalInt.empty();

  /// Makes the Git remote and the certificates; starts nothing.
  ///
  /// @param files first content of the config branch, path → content
  /// @param moreEnvironment variable → value, for every program
  public Installation(
      Sandbox sandbox,
      Distribution distribution,
      List<DemoNode> nodes,
      SortedMap<String, String> files,
      Map<String, String> moreEnvironment) {
    this.sandbox = sandbox;
    this.distribution = distribution;
    this.nodes = List.copyOf(nodes);
    this.remote = BareRepository.create(sandbox.scratch().resolve("config.git"), files);
    environment.putAll(distribution.environment());
    environment.putAll(moreEnvironment);
    try {
      DevelopmentCertificates certificates =
          DevelopmentCertificates.create(sandbox.scratch().resolve("tls"), Instant.now());
      this.reconcilerIdentity = certificates.reconciler();
      for (DemoNode node : nodes) {
        speakerIdentities.put(node.name(), certificates.speaker(node.name()));
        speakerApis.put(node.name(), new SpeakerApi(loops, node, reconcilerIdentity));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sandbox.closeLater(this);
  }

  /// The Git host.
  public BareRepository remote() {
    return remote;
  }

  /// Where the kubeconfig is, once the API server serves.
  public Path kubeconfig() {
    return sandbox.scratch().resolve("kubeconfig");
  }

  /// The person with the kubeconfig.
  ///
  /// @throws IllegalStateException before [#startApiServer]
  public ClusterUser user() {
    return user.orElseThrow(() -> new IllegalStateException("the API server was not started"));
  }

  /// The reconciler's own copy of the ledger, newest commit first; empty before its first commit.
  public List<LogEntry> localLedger() {
    return BareRepository.open(localLedgerDirectory())
        .map(
            repository -> {
              try (repository) {
                return repository.log(LEDGER_BRANCH);
              }
            })
        .orElse(List.of());
  }

  /// Where the reconciler's own copy of the ledger is.
  public Path localLedgerDirectory() {
    return reconcilerState().resolve("ledger.git");
  }

  /// What each speaker says; one that does not answer is not there.
  public SortedMap<NodeName, SpeakerStatus> speakers() {
    SortedMap<NodeName, SpeakerStatus> statuses = new TreeMap<>();
    speakerApis.forEach(
        (node, api) -> api.status().ifPresent(status -> statuses.put(node, status)));
    return statuses;
  }

  /// Starts the API server stand-in, waits until it serves, and adds the nodes.
  public RunningProcess startApiServer() {
    RunningProcess process =
        start("apiserver", List.of("apiserver", "--kubeconfig", kubeconfig().toString()));
    await("the API server serves", process, () -> Files.exists(kubeconfig()));
    ClusterUser person = ClusterUser.with(kubeconfig());
    user = Optional.of(person);
    await("the API server answers", process, person::reaches);
    nodes.forEach(node -> person.createReadyNode(node.name(), node.clusterAddress()));
    return process;
  }

  /// Starts the speaker of a node, and waits until it answers.
  public RunningProcess startSpeaker(NodeName name) {
    DemoNode node =
        nodes.stream().filter(candidate -> candidate.name().equals(name)).findFirst().orElseThrow();
    Path state = sandbox.scratch().resolve("speaker-" + name);
    SettledNode.at(state);
    List<String> arguments = new ArrayList<>(List.of("speaker", "--node", name.toString()));
    arguments.addAll(List.of("--state-dir", state.toString()));
    arguments.addAll(List.of("--listen", node.listen()));
    arguments.addAll(List.of("--health-listen", "127.0.0.1:" + node.healthPort()));
    arguments.addAll(List.of("--interface-regex", node.interfaces()));
    arguments.addAll(flags(java.util.Objects.requireNonNull(speakerIdentities.get(name))));
    arguments.addAll(List.of("--liveness-key-file", livenessKeys().toString()));
    RunningProcess process =
        node.host().start("speaker-" + name, distribution.command(arguments), environment);
    await("the speaker of " + name + " answers", process, () -> speakers().containsKey(name));
    return process;
  }

  /// A key of this run, the same for all speakers.
  private Path livenessKeys() {
    Path file = sandbox.scratch().resolve("liveness-keys");
    if (Files.notExists(file)) {
      byte[] key = new byte[20];
      new SecureRandom().nextBytes(key);
      try {
        Files.writeString(file, "1 " + HexFormat.of().formatHex(key) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException("the liveness key cannot be written to " + file, e);
      }
    }
    return file;
  }

  /// Starts the reconciler and waits until it has done its first pass.
  public RunningProcess startReconciler() {
    int healthPort = DemoNetwork.freePorts(1).getFirst();
    RunningProcess process =
        sandbox.machine().start("reconciler", reconcilerCommand(healthPort), environment);
    reconcilerPort = OptionalInt.of(healthPort);
    try (HttpClient health = healthOf(healthPort)) {
      await("the reconciler is ready", process, () -> isReady(health));
    }
    return process;
  }

  private HttpClient healthOf(int port) {
    return HttpClient.create(
        loops, HttpClientSettings.of("127.0.0.1", port, new ClientSecurity.Plaintext()));
  }

  /// What the reconciler that was started last says of itself, in Prometheus text; empty when it
  /// does not answer.
  public String reconcilerMetrics() {
    try (HttpClient health = healthOf(reconcilerPort.orElseThrow())) {
      return health.send(HttpCall.get("/metrics"), Duration.ofSeconds(2))
              instanceof HttpResult.Answered(HttpAnswer answer)
          ? new String(answer.body().octets(), StandardCharsets.UTF_8)
          : "";
    }
  }

  private static boolean isReady(HttpClient health) {
    return health.send(HttpCall.get("/readyz"), Duration.ofSeconds(2))
            instanceof HttpResult.Answered(HttpAnswer answer)
        && answer.status() == 200;
  }

  private List<String> reconcilerCommand(int healthPort) {
    List<String> arguments = new ArrayList<>(List.of("reconciler", "--cluster", CLUSTER));
    arguments.addAll(List.of("--config-repo", remote.url(), "--poll-interval", "1s"));
    arguments.addAll(List.of("--ledger-pushes-per-minute", "600", "--ledger-push-burst", "10"));
    arguments.addAll(
        List.of(
            "--kubeconfig", kubeconfig().toString(), "--state-dir", reconcilerState().toString()));
    arguments.addAll(List.of("--health-listen", "127.0.0.1:" + healthPort));
    for (DemoNode node : nodes) {
      arguments.addAll(List.of("--speaker", node.name() + "=https://" + node.listen()));
    }
    arguments.addAll(flags(reconcilerIdentity));
    return distribution.command(arguments);
  }

  @Override
  public void close() {
    user.ifPresent(ClusterUser::close);
    speakerApis.values().forEach(SpeakerApi::close);
    loops.close();
    remote.close();
  }

  private Path reconcilerState() {
    return sandbox.scratch().resolve("reconciler");
  }

  private RunningProcess start(String name, List<String> arguments) {
    return sandbox.machine().start(name, distribution.command(arguments), environment);
  }

  private static List<String> flags(TlsIdentity identity) {
    return List.of(
        "--tls-cert", identity.certificateChain().toString(),
        "--tls-key", identity.privateKey().toString(),
        "--tls-ca", identity.authorities().toString());
  }

  private static void await(
      String what, RunningProcess process, java.util.function.BooleanSupplier condition) {
    Poll.Result<Boolean> result =
        Poll.until(
            START_LIMIT, () -> !process.isRunning() || condition.getAsBoolean(), done -> done);
    if (!process.isRunning() || result instanceof Poll.TimedOut) {
      throw new StartFailure(what, process);
    }
  }

  /// A program that did not start.
  public static final class StartFailure extends RuntimeException {

    private static final int TAIL_LINES = 15;

    StartFailure(String what, RunningProcess process) {
      super(
          "waited in vain until "
              + what
              + (process.isRunning()
                  ? " (" + START_LIMIT.toSeconds() + " s)"
                  : "; the program ended with exit code " + process.exitCode())
              + ". Its last words:\n  "
              + String.join("\n  ", process.tail(TAIL_LINES)));
    }
  }
}
