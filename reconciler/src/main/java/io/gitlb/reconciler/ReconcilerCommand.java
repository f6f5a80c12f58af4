// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.GitAccess;
import io.gitlb.reconciler.ReconcilerSettings.PushRate;
import io.gitlb.reconciler.ReconcilerSettings.Security;
import io.gitlb.reconciler.ReconcilerSettings.TrustFiles;
import io.gitlb.reconciler.ReconcilerSettings.Webhooks;
import io.gitlb.reconciler.git.GithubApp;
import io.gitlb.reconciler.git.HttpAccess;
import io.gitlb.reconciler.kubernetes.ClusterScope;
import io.gitlb.reconciler.kubernetes.LoadBalancerClasses;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.LedgerConduct;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.NodeName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `gitlb reconciler`.
@Command(
    name = "reconciler",
    description =
        "Watches the config branch and the cluster, records allocations in the ledger branch, writes Service status and"
            + " tells the speakers what to announce. Runs until it is stopped.")
public final class ReconcilerCommand implements Callable<Integer> {

  private final Boundaries boundaries;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--cluster",
      required = true,
      paramLabel = "NAME",
      description = "name of this cluster; the ledger branch is allocations/NAME")
  private String cluster = "";

  @ArgGroup(validate = false, heading = "%nConfiguration repository:%n")
  private ConfigOptions config = new ConfigOptions();

  @ArgGroup(validate = false, heading = "%nLedger repository:%n")
  private LedgerOptions ledger = new LedgerOptions();

  @ArgGroup(validate = false, heading = "%nCluster:%n")
  private ClusterOptions kubernetes = new ClusterOptions();

  @ArgGroup(validate = false, heading = "%nSpeakers:%n")
  private SpeakerOptions speakers = new SpeakerOptions();

  @Option(
      names = "--state-dir",
      defaultValue = "/var/lib/gitlb",
      paramLabel = "DIR",
      description = "local copies of both branches (default: ${DEFAULT-VALUE})")
  private Path stateDirectory = Path.of("/var/lib/gitlb");

  @Option(
      names = "--health-listen",
      defaultValue = "127.0.0.1:8480",
      paramLabel = "HOST:PORT",
      description =
          "where /healthz, /readyz, /metrics and /v1/announcing are served (default: ${DEFAULT-VALUE})")
  private String healthListen = "127.0.0.1:8480";

  @Option(
      names = "--api-token-file",
      paramLabel = "FILE",
      description =
          "holds the token, 16 characters or more, that lets gitlb status ask from other hosts (default:"
              + " only this host may)")
  private @Nullable Path apiTokenFile;

  @ArgGroup(validate = false, heading = "%nConfiguration repository by https:%n")
  private ConfigHttpOptions configHttp = new ConfigHttpOptions();

  @ArgGroup(validate = false, heading = "%nLedger repository by https:%n")
  private LedgerHttpOptions ledgerHttp = new LedgerHttpOptions();

  @ArgGroup(validate = false, heading = "%nWebhooks:%n")
  private WebhookOptions webhooks = new WebhookOptions();

  /// As a user starts it.
  public ReconcilerCommand() {
    this(Boundaries.NONE);
  }

  /// For tests that end the process between two steps.
  ///
  /// @param boundaries is told after each step of an allocation
  ReconcilerCommand(Boundaries boundaries) {
    this.boundaries = boundaries;
  }

  /// Options of the config branch.
  static final class ConfigOptions {
    @Option(
        names = "--config-repo",
        required = true,
        paramLabel = "URL",
        description = "file, ssh, http or https URL of the repository")
    String repository = "";

    @Option(
        names = "--config-branch",
        defaultValue = "main",
        paramLabel = "NAME",
        description = "branch to follow (default: ${DEFAULT-VALUE})")
    String branch = "main";

    @Option(
        names = "--config-path",
        split = ",",
        paramLabel = "DIR",
        description = "folders to read (default: clusters/CLUSTER and shared)")
    List<String> paths = List.of();

    @Option(
        names = "--poll-interval",
        defaultValue = "15s",
        converter = DurationConverter.class,
        paramLabel = "TIME",
        description =
            "how often the branch is looked at, a tenth more or less, as in 500ms, 15s, 2m (default: ${DEFAULT-VALUE})")
    Duration pollInterval = Duration.ofSeconds(15);

    @Option(names = "--config-username", paramLabel = "NAME", description = "for https")
    @Nullable String username;

    @Option(
        names = "--config-password-file",
        paramLabel = "FILE",
        description = "for https: holds the password or token")
    @Nullable Path passwordFile;

    @Option(names = "--config-ssh-key", paramLabel = "FILE", description = "for ssh: private key")
    @Nullable Path sshKey;

    @Option(
        names = "--config-known-hosts",
        paramLabel = "FILE",
        description = "for ssh: the hosts to trust; required with ssh")
    @Nullable Path knownHosts;

    @Option(
        names = "--config-ca-file",
        paramLabel = "FILE",
        description = "for https: PEM file of the server's certificate authority")
    @Nullable Path caFile;

    @Option(
        names = "--trust-policy",
        paramLabel = "FILE",
        description =
            "YAML file that says by whose signing keys which paths may be changed; every commit"
                + " since the accepted one is then checked (default: whoever may push)")
    @Nullable Path trustPolicy;
  }

  /// Options of the ledger branch.
  static final class LedgerOptions {
    @Option(
        names = "--ledger-repo",
        paramLabel = "URL",
        description = "repository of the ledger branch (default: the configuration repository)")
    @Nullable String repository;

    @Option(names = "--ledger-username", paramLabel = "NAME", description = "for https")
    @Nullable String username;

    @Option(
        names = "--ledger-password-file",
        paramLabel = "FILE",
        description = "for https: holds the password or token")
    @Nullable Path passwordFile;

    @Option(names = "--ledger-ssh-key", paramLabel = "FILE", description = "for ssh: private key")
    @Nullable Path sshKey;

    @Option(
        names = "--ledger-known-hosts",
        paramLabel = "FILE",
        description = "for ssh: the hosts to trust; required with ssh")
    @Nullable Path knownHosts;

    @Option(
        names = "--ledger-ca-file",
        paramLabel = "FILE",
        description = "for https: PEM file of the server's certificate authority")
    @Nullable Path caFile;

    @Option(
        names = "--ledger-signing-key",
        paramLabel = "FILE",
        description =
            "OpenSSH private key without a passphrase that signs ledger commits; a commit on the"
                + " ledger branch that it did not sign is then undone (default: not signed)")
    @Nullable Path signingKey;

    @Option(
        names = "--ledger-pushes-per-minute",
        defaultValue = "6",
        paramLabel = "N",
        description = "1 to 6000; 6 is what large Git hosts advise (default: ${DEFAULT-VALUE})")
    int pushesPerMinute = 6;

    @Option(
        names = "--ledger-push-burst",
        defaultValue = "3",
        paramLabel = "N",
        description = "how many of them may follow at once (default: ${DEFAULT-VALUE})")
    int pushBurst = 3;

    @Option(
        names = "--ledger-mode",
        defaultValue = "behind",
        converter = ModeConverter.class,
        paramLabel = "behind|ahead",
        description =
            "behind: an address is told when it is recorded on the local disk; ahead: when the remote"
                + " has the record, so that new ones wait while it is away (default: ${DEFAULT-VALUE})")
    LedgerConduct.Mode mode = LedgerConduct.Mode.BEHIND;

    @Option(
        names = "--take-over-ledger",
        paramLabel = "UID",
        description =
            "the ledger belongs to the cluster with this UID, as cluster.yaml says, and is to be this"
                + " one's: a cluster that was rebuilt gets its addresses back")
    @Nullable String takeOver;

    @Option(
        names = "--packing-schedule",
        defaultValue = "0 30 3 * * ?",
        paramLabel = "CRON",
        description =
            "when the local copies are packed whatever their size, as Quartz writes schedules; between"
                + " that they are when they have many files (default: ${DEFAULT-VALUE})")
    String packing = "0 30 3 * * ?";
  }

  /// Options of the Kubernetes side.
  static final class ClusterOptions {
    @Option(
        names = "--kubeconfig",
        paramLabel = "FILE",
        description = "default: the pod's service account, else $KUBECONFIG or ~/.kube/config")
    @Nullable Path kubeconfig;

    @Option(
        names = "--secrets-namespace",
        defaultValue = "gitlb-passwords",
        paramLabel = "NAME",
        description =
            "the namespace of the Secrets with the passwords that BGPPeers name; all Secrets there can"
                + " be read, so have no others in it; an empty one: none is read (default:"
                + " ${DEFAULT-VALUE})")
    String secretsNamespace = "gitlb-passwords";

    @Option(
        names = "--load-balancer-class",
        paramLabel = "CLASS",
        description =
            "serve Services of this loadBalancerClass; several with commas between or one each; an"
                + " empty one stands for Services without a class (default: only those)")
    List<String> classes = List.of();
  }

  /// Options of the speakers' side.
  static final class SpeakerOptions {
    @Option(
        names = "--speaker",
        split = ",",
        paramLabel = "NODE=URL",
        description =
            "a speaker; give one a node (default: every node, on --speaker-port of its first address)")
    Map<String, String> speakers = Map.of();

    @Option(
        names = "--speaker-port",
        defaultValue = "7480",
        paramLabel = "PORT",
        description =
            "port of every speaker when no --speaker is given (default: ${DEFAULT-VALUE})")
    int port = 7480;

    @Option(
        names = "--state-listen",
        paramLabel = "HOST:PORT",
        description =
            "where speakers that pushes do not reach ask for their node's state, as in 0.0.0.0:8482; see"
                + " --reconciler-url of the speaker (default: nowhere)")
    @Nullable String stateListen;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "our certificate chain, PEM")
    @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "our private key, PEM")
    @Nullable Path key;

    @Option(
        names = "--tls-ca",
        paramLabel = "FILE",
        description = "the certificate authority of the speakers, PEM")
    @Nullable Path authority;

    @Option(
        names = "--insecure",
        description = "plain HTTP instead of mutual TLS; for speakers on loopback only")
    boolean insecure;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    Optional<ReconcilerSettings> settings = settings(problems);
    if (settings.isEmpty() || !problems.isEmpty()) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "set by picocli").commandLine(),
          String.join(System.lineSeparator(), problems));
    }
    return ReconcilerProcess.run(settings.get(), boundaries);
  }

  /// The checked settings, or every problem with them.
  Optional<ReconcilerSettings> settings(List<String> problems) {
    if (!cluster.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")) {
      problems.add(
          "--cluster '" + cluster + "' is not a name: use lower case letters, digits, '-' and '.'");
    }
    if (config.pollInterval.compareTo(Duration.ofMillis(100)) < 0) {
      problems.add("--poll-interval must be at least 100ms");
    }
    if (ledger.pushesPerMinute < 1 || ledger.pushesPerMinute > 6000 || ledger.pushBurst < 1) {
      problems.add(
          "--ledger-pushes-per-minute must be 1 to 6000 and --ledger-push-burst at least 1");
    }
    if (speakers.port < 1 || speakers.port > 65_535) {
      problems.add("--speaker-port must be 1 to 65535, not " + speakers.port);
    }
    if (!PackSchedule.isSchedule(ledger.packing)) {
      problems.add(
          "--packing-schedule '"
              + ledger.packing
              + "' is no schedule of Quartz, such as '0 30 3 * * ?' for half past three");
    }
    LoadBalancerClasses classes = LoadBalancerClasses.parse(kubernetes.classes, problems::add);
    SortedMap<NodeName, URI> urls = speakerUrls(problems);
    Optional<Security> security = security(problems);
    Optional<InetSocketAddress> states = stateListen(security, problems);
    Optional<InetSocketAddress> address =
        ListenAddress.parse("--health-listen", healthListen, problems);
    Optional<Webhooks> hooks = webhooks.settings(problems);
    GitAccess configAccess = configAccess(problems);
    GitAccess ledgerAccess = ledgerAccess(configAccess, problems);
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ReconcilerSettings(
            new ClusterName(cluster),
            configAccess,
            config.paths.isEmpty() ? List.of("clusters/" + cluster, "shared") : config.paths,
            ledgerAccess,
            Optional.ofNullable(kubernetes.kubeconfig),
            new ClusterScope(
                classes, Optional.of(kubernetes.secretsNamespace).filter(name -> !name.isBlank())),
            urls,
            speakers.port,
            security.orElseThrow(),
            states,
            stateDirectory,
            config.pollInterval,
            new TrustFiles(
                Optional.ofNullable(config.trustPolicy), Optional.ofNullable(ledger.signingKey)),
            new PushRate(ledger.pushesPerMinute, ledger.pushBurst),
            new LedgerConduct(ledger.mode, Optional.ofNullable(ledger.takeOver)),
            ledger.packing,
            address.orElseThrow(),
            Optional.ofNullable(apiTokenFile),
            hooks));
  }

  private Optional<InetSocketAddress> stateListen(
      Optional<Security> security, List<String> problems) {
    return Optional.ofNullable(speakers.stateListen)
        .flatMap(text -> ListenAddress.parse(StateListener.OPTION, text, problems))
        .filter(
            address ->
                security.isEmpty()
                    || StateListener.mayListen(address, security.get().identity(), problems));
  }

  private GitAccess configAccess(List<String> problems) {
    HttpOptions http = configHttp.given();
    return new GitAccess(
        config.repository,
        config.branch,
        Optional.ofNullable(config.username),
        Optional.ofNullable(config.passwordFile),
        Optional.ofNullable(config.sshKey),
        Optional.ofNullable(config.knownHosts),
        Optional.ofNullable(config.caFile),
        new HttpAccess(
            Optional.ofNullable(http.tokenFile()),
            http.proxy(problems).orElseGet(() -> HttpOptions.environment(System.getenv())),
            http.app(problems)));
  }

  /// Without a repository of its own the ledger uses the configuration's, and its credentials too
  /// where it has none. Who has a password, a token or an App of its own inherits none of them.
  private GitAccess ledgerAccess(GitAccess fallback, List<String> problems) {
    boolean sameRepository = ledger.repository == null;
    HttpOptions http = ledgerHttp.given();
    Optional<GithubApp> app = http.app(problems);
    boolean inherits =
        sameRepository && ledger.passwordFile == null && http.tokenFile() == null && app.isEmpty();
    return new GitAccess(
        Optional.ofNullable(ledger.repository).orElse(fallback.repository()),
        "allocations/" + cluster,
        own(ledger.username, sameRepository, fallback.username()),
        own(ledger.passwordFile, inherits, fallback.passwordFile()),
        own(ledger.sshKey, sameRepository, fallback.sshKey()),
        own(ledger.knownHosts, sameRepository, fallback.knownHosts()),
        own(ledger.caFile, sameRepository, fallback.caFile()),
        new HttpAccess(
            own(http.tokenFile(), inherits, fallback.http().tokenFile()),
            http.proxy(problems)
                .orElseGet(
                    () ->
                        sameRepository
                            ? fallback.http().proxy()
                            : HttpOptions.environment(System.getenv())),
            inherits ? fallback.http().app() : app));
  }

  private static <T> Optional<T> own(
      @Nullable T value, boolean sameRepository, Optional<T> fallback) {
    return value != null || !sameRepository ? Optional.ofNullable(value) : fallback;
  }

  private SortedMap<NodeName, URI> speakerUrls(List<String> problems) {
    SortedMap<NodeName, URI> urls = new TreeMap<>();
    for (Map.Entry<String, String> entry : speakers.speakers.entrySet()) {
      Matcher url = SPEAKER_URL.matcher(entry.getValue());
      if (entry.getKey().isEmpty() || !url.matches()) {
        problems.add(
            "--speaker "
                + entry.getKey()
                + "="
                + entry.getValue()
                + " is not NODE=URL, as in n1=https://192.0.2.11:7480");
      } else if (url.group(1).equals("http") != speakers.insecure) {
        problems.add(
            "--speaker "
                + entry.getKey()
                + "="
                + entry.getValue()
                + (speakers.insecure
                    ? " must be an http URL with --insecure"
                    : " must be an https URL; http needs --insecure"));
      } else {
        urls.put(new NodeName(entry.getKey()), URI.create(entry.getValue()));
      }
    }
    return urls;
  }

  private static final Pattern SPEAKER_URL =
      Pattern.compile("(https?)://(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}/?");

  private Optional<Security> security(List<String> problems) {
    if (speakers.insecure) {
      return Optional.of(new Security.Insecure());
    }
    if (speakers.certificate == null || speakers.key == null || speakers.authority == null) {
      problems.add(
          "--tls-cert, --tls-key and --tls-ca are needed to talk to the speakers"
              + " (or --insecure, for speakers on loopback)");
      return Optional.empty();
    }
    return Optional.of(
        new Security.MutualTls(speakers.certificate, speakers.key, speakers.authority));
  }

  /// Reads `behind` and `ahead`.
  static final class ModeConverter implements ITypeConverter<LedgerConduct.Mode> {
    @Override
    public LedgerConduct.Mode convert(String text) {
      return switch (text) {
        case "behind" -> LedgerConduct.Mode.BEHIND;
        case "ahead" -> LedgerConduct.Mode.AHEAD;
        default -> throw new TypeConversionException("'" + text + "' is neither behind nor ahead");
      };
    }
  }

  /// Reads `500ms`, `15s`, `2m`, `1h`.
  static final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not a time such as 500ms, 15s or 2m");
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
  }
}
