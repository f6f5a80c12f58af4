// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.GitAccess;
import io.gitlb.reconciler.ReconcilerSettings.PushRate;
import io.gitlb.reconciler.ReconcilerSettings.Security;
import io.gitlb.reconciler.ReconcilerSettings.TrustFiles;
import io.gitlb.reconciler.ReconcilerSettings.Webhooks;
import io.gitlb.reconciler.kubernetes.ClusterScope;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.LedgerConduct;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.NodeName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `gitlb reconciler`.
@Command(
    name = "reconciler",
    description =
        "Watches the config branch and the cluster, records allocations in the ledger branch,"
            + " writes Service status and tells the speakers what to announce. Runs until it is"
            + " stopped.")
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
          "where /healthz, /readyz, /metrics, /v1/announcing and /v1/sessions are served (default:"
              + " ${DEFAULT-VALUE})")
  private String healthListen = "127.0.0.1:8480";

  @Option(
      names = "--api-token-file",
      paramLabel = "FILE",
      description =
          "holds the token, 16 characters or more, that lets gitlb status ask from other hosts"
              + " (default: only this host may)")
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
    config.check(problems);
    ledger.check(problems);
    speakers.check(problems);
    ClusterScope scope = kubernetes.scope(problems);
    SortedMap<NodeName, URI> urls = speakers.urls(problems);
    Optional<Security> security = speakers.security(problems);
    Optional<InetSocketAddress> states = speakers.stateListen(security, problems);
    Optional<InetSocketAddress> address =
        ListenAddress.parse("--health-listen", healthListen, problems);
    Optional<Webhooks> hooks = webhooks.settings(problems);
    GitAccess configAccess = config.access(configHttp.given(), problems);
    GitAccess ledgerAccess =
        ledger.access("allocations/" + cluster, configAccess, ledgerHttp.given(), problems);
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ReconcilerSettings(
            new ClusterName(cluster),
            configAccess,
            config.paths(cluster),
            ledgerAccess,
            Optional.ofNullable(kubernetes.kubeconfig),
            scope,
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
}
