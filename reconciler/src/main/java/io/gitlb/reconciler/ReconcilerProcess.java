// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.reconciler.ReconcilerSettings.GitAccess;
import io.gitlb.reconciler.ReconcilerSettings.Webhooks;
import io.gitlb.reconciler.git.BotIdentity;
import io.gitlb.reconciler.git.ConfigSafety;
import io.gitlb.reconciler.git.GitCredentials;
import io.gitlb.reconciler.git.GitDefinitionSource;
import io.gitlb.reconciler.git.GitLedgerStore;
import io.gitlb.reconciler.git.GitNeighbours;
import io.gitlb.reconciler.git.GitRemote;
import io.gitlb.reconciler.git.GitRuntime;
import io.gitlb.reconciler.git.LeaseBranch;
import io.gitlb.reconciler.git.OtherPools;
import io.gitlb.reconciler.git.PolicyFiles;
import io.gitlb.reconciler.kubernetes.ClusterClient;
import io.gitlb.reconciler.kubernetes.KubernetesCluster;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.ConfigPoll;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.LedgerStore;
import io.gitlb.reconciler.loop.LoopSettings;
import io.gitlb.reconciler.loop.Outcome;
import io.gitlb.reconciler.loop.Reconciler;
import io.gitlb.reconciler.push.PushSettings;
import io.gitlb.reconciler.push.SpeakerPusher;
import io.gitlb.reconciler.webhook.FollowedRefs;
import io.gitlb.reconciler.webhook.WebhookReceiver;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The reconciler as a process, wired from top to bottom. One thread runs the passes; the schedule
/// asks the config branch, the informers and the speakers' polls wake the loop.
final class ReconcilerProcess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReconcilerProcess.class);

  /// Looked at when nothing happens at all, in case a wake-up was lost.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /// A pass that waits for a remote ends with that one's deadline; the next start repairs the rest.
  private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

  private static final Duration AFTER_DEFECT = Duration.ofSeconds(10);

  private static final int FAILED = 1;

  private final InstantSource clock = InstantSource.system();
  private final Wakeups wakeups = new Wakeups();

  /// Down when everything is closed.
  private final CountDownLatch ended = new CountDownLatch(1);

  /// Closed in the opposite order.
  private final List<AutoCloseable> opened = new ArrayList<>();

  private final HttpLoops loops;
  private final PolledDefinitions definitions;
  private final Reconciler reconciler;
  private final ReconcilerMetrics metrics;
  private final HealthEndpoint health;
  private final OverviewEndpoint overview;
  private final SpeakerPusher speakers;

  private ReconcilerProcess(
      ReconcilerSettings settings, KubernetesClient client, Boundaries boundaries) {
    GitDefinitionSource config =
        open(
            new GitDefinitionSource(
                remote(settings.config()),
                settings.configPaths(),
                settings.stateDirectory(),
                safety(settings)));
    definitions = new PolledDefinitions(config);
    GitLedgerStore records =
        open(
            new GitLedgerStore(
                remote(settings.ledger()),
                bot(settings, new ArrayList<>()),
                settings.stateDirectory(),
                boundaries));
    LedgerStore ledger = new BackgroundPush(records, wakeups::change);
    open(PackSchedule.start(settings.packing(), List.of(records::pack, config::pack)));
    KubernetesCluster kubernetes =
        open(
            new KubernetesCluster(
                client,
                settings.scope(),
                clock,
                wakeups::change,
                failure -> log.warn("{}", failure)));
    metrics = new ReconcilerMetrics(kubernetes::droppedEvents);
    health = new HealthEndpoint(clock, metrics);
    overview = new OverviewEndpoint(settings.apiTokenFile());
    SpeakerDirectory directory = new SpeakerDirectory(settings.speakers(), settings.speakerPort());
    loops = open(HttpLoops.open(1));
    speakers =
        open(
            new SpeakerPusher(
                loops,
                new PushSettings(
                    directory::url,
                    settings.security().identity(),
                    wakeups::change,
                    new SecureRandom(),
                    PushSettings.Timing.DEFAULTS)));
    reconciler =
        new Reconciler(
            definitions,
            ledger,
            directory.watching(kubernetes, speakers::follow),
            new BackgroundWrites(kubernetes, boundaries),
            speakers,
            neighbours(settings, config),
            LoopSettings.DEFAULT
                .withPushes(
                    Duration.ofMinutes(1).dividedBy(settings.ledgerPushes().perMinute()),
                    settings.ledgerPushes().burst())
                .with(settings.ledgerConduct()));
  }

  /// The other clusters on the repository.
  private Reconciler.Neighbours neighbours(
      ReconcilerSettings settings, GitDefinitionSource config) {
    GitRemote branch = remote(settings.ledger(), LeaseBranch.BRANCH);
    BotIdentity bot = bot(settings, new ArrayList<>());
    BackgroundLeases leases =
        new BackgroundLeases(
            open(new LeaseBranch(branch, bot, settings.stateDirectory())),
            clock,
            new SecureRandom(),
            BackgroundLeases.Pauses.DEFAULT,
            wakeups::change);
    GitNeighbours ledgers =
        open(
            new GitNeighbours(
                branch,
                settings.cluster(),
                settings.stateDirectory(),
                new OtherPools(config, settings.cluster())));
    return new Reconciler.Neighbours(
        settings.cluster(),
        open(leases).start(),
        new BackgroundNeighbours(ledgers, wakeups::change));
  }

  /// Runs until the process is told to stop.
  ///
  /// @param boundaries is told after each step of an allocation
  /// @return the exit code
  static int run(ReconcilerSettings settings, Boundaries boundaries) throws InterruptedException {
    GitRuntime.prepare();
    List<Failure> problems = new ArrayList<>();
    problems.addAll(remote(settings.config()).problems());
    problems.addAll(remote(settings.ledger()).problems());
    bot(settings, problems);
    settings.trust().policy().map(PolicyFiles::problems).ifPresent(problems::addAll);
    Optional<KubernetesClient> client = client(settings, problems);
    Optional<StateLock> lock = lock(settings, problems);
    try {
      if (problems.isEmpty()) {
        return serve(settings, client.orElseThrow(), boundaries);
      }
      problems.stream().distinct().forEach(problem -> log.error("{}", problem));
      return FAILED;
    } finally {
      client.ifPresent(KubernetesClient::close);
      lock.ifPresent(StateLock::close);
    }
  }

  private static ConfigSafety safety(ReconcilerSettings settings) {
    return new ConfigSafety(
        settings.trust().policy(),
        Optional.of(new ConfigSafety.Marks(remote(settings.ledger()), settings.cluster())),
        InstantSource.system());
  }

  private static BotIdentity bot(ReconcilerSettings settings, List<Failure> problems) {
    BotIdentity plain = BotIdentity.of(settings.cluster());
    return settings
        .trust()
        .ledgerSigningKey()
        .map(
            key ->
                switch (plain.signing(key)) {
                  case BotIdentity.Signing.Ready(BotIdentity bot) -> bot;
                  case BotIdentity.Signing.Unusable(Failure failure) -> {
                    problems.add(failure);
                    yield plain;
                  }
                })
        .orElse(plain);
  }

  private static Optional<StateLock> lock(ReconcilerSettings settings, List<Failure> problems) {
    return switch (StateLock.take(settings.stateDirectory())) {
      case StateLock.Taking.Taken(StateLock lock) -> Optional.of(lock);
      case StateLock.Taking.Refused(Failure failure) -> {
        problems.add(failure);
        yield Optional.empty();
      }
    };
  }

  private static Optional<KubernetesClient> client(
      ReconcilerSettings settings, List<Failure> problems) {
    return switch (ClusterClient.open(settings.kubeconfig())) {
      case ClusterClient.Opening.Opened(KubernetesClient client) -> Optional.of(client);
      case ClusterClient.Opening.Unusable(Failure failure) -> {
        problems.add(failure);
        yield Optional.empty();
      }
    };
  }

  private static int serve(
      ReconcilerSettings settings, KubernetesClient client, Boundaries boundaries)
      throws InterruptedException {
    try (ReconcilerProcess process = new ReconcilerProcess(settings, client, boundaries)) {
      Optional<String> refused =
          process.serveHealth(settings).or(() -> process.serveStates(settings));
      if (refused.isPresent()) {
        log.error("{}", refused.get());
        return FAILED;
      }
      process.stopOnSignal();
      PollSchedule schedule =
          process.open(
              PollSchedule.every(
                  settings.pollInterval(), process.clock, new SecureRandom(), process::poll));
      Optional<Failure> unheard =
          settings.webhooks().flatMap(hooks -> process.serveWebhooks(settings, hooks, schedule));
      if (unheard.isPresent()) {
        log.error("{}", unheard.get());
        return FAILED;
      }
      log.info(
          "ready: cluster {}, config {}, ledger {}",
          settings.cluster(),
          remote(settings.config()),
          remote(settings.ledger()));
      process.loop();
    }
    log.info("stopped");
    return 0;
  }

  private void loop() throws InterruptedException {
    ConfigPoll poll = ConfigPoll.DUE;
    while (!wakeups.isStopping()) {
      health.begin();
      long began = System.nanoTime();
      Outcome outcome = pass(poll);
      metrics.passed(Duration.ofNanos(System.nanoTime() - began), outcome, reconciler.state());
      health.end(outcome);
      overview.publish(reconciler.overview());
      Duration wait =
          outcome
              .next()
              .map(next -> Duration.between(clock.instant(), next))
              .filter(until -> until.compareTo(LONGEST_WAIT) < 0)
              .orElse(LONGEST_WAIT);
      poll = wakeups.await(wait.isNegative() ? Duration.ZERO : wait);
    }
  }

  /// A defect in a pass must not end the process: the speakers and the next pass go on.
  private Outcome pass(ConfigPoll poll) {
    try {
      return reconciler.pass(clock.instant(), poll);
    } catch (RuntimeException e) {
      log.error("GLB5103 a pass failed by a defect; trying again in {}", AFTER_DEFECT, e);
      return new Outcome.Failed(
          new Failure("GLB5103", "a pass failed by a defect, the log has more: " + e),
          Optional.of(clock.instant().plus(AFTER_DEFECT)));
    }
  }

  private void poll() {
    if (definitions.poll()) {
      wakeups.poll();
    }
  }

  /// A stop that was asked for is no failure: the exit code is 0, not that of the signal.
  private void stopOnSignal() {
    Thread loop = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  wakeups.stop();
                  try {
                    if (ended.await(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                      Runtime.getRuntime().halt(0);
                    }
                    log.warn("a pass does not end; {} is left where it is", loop.getName());
                  } catch (InterruptedException _) {
                    // Whoever interrupts a shutdown wants it to be quick.
                  }
                },
                "stop"));
  }

  /// Health is no secret, but a listener that other hosts reach speaks TLS all the same.
  private Optional<String> serveHealth(ReconcilerSettings settings) {
    InetSocketAddress address = settings.healthListen();
    Optional<TlsIdentity> identity = settings.security().identity();
    ServerSecurity security =
        address.getAddress().isLoopbackAddress() || identity.isEmpty()
            ? new ServerSecurity.Plaintext()
            : new ServerSecurity.ServerTls(identity.get());
    return switch (HttpServer.start(
        loops, new HttpServerSettings(address, security, HttpLimits.DEFAULTS), this::answer)) {
      case HttpServerStart.Listening(HttpServer server) -> {
        open(server);
        yield Optional.empty();
      }
      case HttpServerStart.Refused(String message) -> Optional.of("--health-listen: " + message);
    };
  }

  private Optional<String> serveStates(ReconcilerSettings settings) {
    return settings
        .stateListen()
        .flatMap(
            address ->
                switch (StateListener.open(
                    open(HttpLoops.open(1)),
                    address,
                    settings.security().identity(),
                    speakers::desired)) {
                  case HttpServerStart.Listening(HttpServer server) -> {
                    open(server);
                    yield Optional.<String>empty();
                  }
                  case HttpServerStart.Refused(String message) ->
                      Optional.of(StateListener.OPTION + ": " + message);
                });
  }

  private HttpAnswer answer(HttpCall call) throws InterruptedException {
    return call.path().startsWith("/v1/") ? overview.handle(call) : health.handle(call);
  }

  private Optional<Failure> serveWebhooks(
      ReconcilerSettings settings, Webhooks hooks, PollSchedule schedule) {
    return switch (WebhookListener.open(
        loops,
        hooks,
        new WebhookReceiver(
            hooks.secretFiles(),
            FollowedRefs.of(settings.config().branch(), settings.ledger().branch()),
            clock,
            schedule::soon,
            metrics::delivered))) {
      case WebhookListener.Opening.Listening(HttpServer server) -> {
        open(server);
        yield Optional.empty();
      }
      case WebhookListener.Opening.Refused(Failure failure) -> Optional.of(failure);
    };
  }

  private static GitRemote remote(GitAccess access) {
    return remote(access, access.branch());
  }

  private static GitRemote remote(GitAccess access, String branch) {
    return GitRemote.of(
        access.repository(),
        branch,
        new GitCredentials(
            access.username(),
            access.passwordFile(),
            access.caFile(),
            access.sshKey(),
            access.knownHosts(),
            access.http()));
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  @Override
  public void close() {
    try {
      closeAll();
    } finally {
      ended.countDown();
    }
  }

  private void closeAll() {
    for (AutoCloseable resource : opened.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        log.warn("closing {} failed", resource.getClass().getSimpleName(), e);
      }
    }
  }
}
