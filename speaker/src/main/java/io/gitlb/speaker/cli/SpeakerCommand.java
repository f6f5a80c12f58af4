// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.cli;

import io.gitlb.speaker.SettingsReader;
import io.gitlb.speaker.SpeakerProcess;
import io.gitlb.speaker.SpeakerSettings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `gitlb speaker`: runs the speaker of this node until it is told to stop (SIGTERM or SIGINT).
///
/// Options are taken as text and judged together, so that all mistakes are told at once.
@Command(
    name = "speaker",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {ShowCommand.class, RehearseCommand.class},
    description =
        "Runs the speaker of one node: answers ARP and NDP and speaks BGP and BFD for the addresses"
            + " that the reconciler gives to this node.",
    footerHeading = "%nNeeds:%n",
    footer = {
      "  CAP_NET_RAW and libpcap for layer 2. Without them the speaker runs all the same, BGP works,",
      "  and the status of each layer-2 address says NoCapture.",
      "  CAP_NET_RAW for BGP peers that are found on a link (interface), CAP_NET_BIND_SERVICE for",
      "  those that dial port 179 of this node (passive), CAP_SYS_NICE to be on time on a busy node."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped as told; addresses were handed over, BGP ended as for a restart",
      "1:cannot listen",
      "2:settings are wrong or missing; stderr names all of them",
      "3:a part that it cannot do without ended; stderr names it; start it again",
      "64:an unknown option"
    })
public final class SpeakerCommand implements Callable<Integer> {

  private static final int CANNOT_LISTEN = 1;
  private static final int BAD_SETTINGS = 2;
  private static final int BROKEN = 3;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "The name of this node in Kubernetes. Required.")
  private @Nullable String node;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "Where the desired state is kept. Default: /var/lib/gitlb/speaker.")
  private @Nullable String stateDir;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = "Where the reconciler and the other speakers call. Default: 0.0.0.0:7480.")
  private @Nullable String listen;

  @Option(
      names = "--health-listen",
      paramLabel = "ADDRESS:PORT",
      description =
          "Where /healthz, /readyz and /metrics are and where `show` asks, on a loopback address."
              + " Default: 127.0.0.1:7481.")
  private @Nullable String healthListen;

  @Option(
      names = "--interface-regex",
      paramLabel = "REGEX",
      description =
          "Layer 2 uses the interfaces whose whole name matches. Default: all but those that"
              + " container networks, virtual machines and tunnels make (veth*, cni*, docker*,"
              + " cali*, ...).")
  private @Nullable String interfaceRegex;

  @Option(
      names = "--interface-types",
      paramLabel = "TYPES",
      description =
          "Of those, layer 2 uses the interfaces of these types, separated by commas: physical,"
              + " vlan, bond, bridge, virtual. Ports of a bond or a bridge are never used, what"
              + " they are ports of is. Default: all.")
  private @Nullable String interfaceTypes;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM: the speaker's certificate and those between it and the authority.")
  private @Nullable String tlsCertificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM: its private key.")
  private @Nullable String tlsKey;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "PEM: the authority that the certificates of the reconciler and the other"
              + " speakers have to come from.")
  private @Nullable String tlsAuthority;

  @Option(
      names = "--reconciler-url",
      paramLabel = "URL",
      description =
          "Where --state-listen of the reconciler is reached, https://HOST:PORT. There the speaker asks"
              + " for its state when peers have a newer one that was not pushed to it. Default:"
              + " nowhere.")
  private @Nullable String reconcilerUrl;

  @Option(
      names = "--liveness-key-file",
      paramLabel = "FILE",
      description =
          "The keys by which speakers know that the others are alive: one or two lines of a number"
              + " from 0 to 255 and 40 hex digits. The first signs, both are accepted; read anew"
              + " when it changes.")
  private @Nullable String livenessKeyFile;

  @Option(
      names = "--max-state-age",
      paramLabel = "AGE",
      description =
          "After a longer absence the state on disk is announced only when it is younger, such as 12h"
              + " or 30d: on links with no other speaker to ask, to routers without a word of the"
              + " reconciler. Default: 7d.")
  private @Nullable String maxStateAge;

  @Option(
      names = "--insecure",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Without TLS; --listen must then be a loopback address.")
  private @Nullable String insecure;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    return switch (SettingsReader.read(options())) {
      case SettingsReader.Result.Unusable unusable -> {
        unusable.problems().forEach(spec.commandLine().getErr()::println);
        yield BAD_SETTINGS;
      }
      case SettingsReader.Result.Usable(SpeakerSettings settings) -> run(settings);
    };
  }

  private int run(SpeakerSettings settings) throws InterruptedException {
    return switch (SpeakerProcess.start(settings)) {
      case SpeakerProcess.Start.Failed(String message) -> {
        spec.commandLine().getErr().println("gitlb: the speaker cannot start: " + message);
        yield CANNOT_LISTEN;
      }
      case SpeakerProcess.Start.Running(SpeakerProcess speaker) -> {
        PrintWriter out = spec.commandLine().getOut();
        out.println("speaker of " + settings.node() + " listens on " + speaker.address());
        out.flush();
        stopWhenTold(speaker);
        spec.commandLine().getErr().println("gitlb: the speaker ends: " + speaker.awaitFailure());
        yield BROKEN;
      }
    };
  }

  /// A signal starts the JVM's shutdown, which would end with the signal's own exit code; to be
  /// told to stop is no failure, so the exit code is 0.
  private static void stopWhenTold(SpeakerProcess speaker) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  boolean failed = speaker.hasFailed();
                  speaker.close();
                  Runtime.getRuntime().halt(failed ? BROKEN : 0);
                },
                "stop"));
  }

  /// The options that were given, `--x-y` → its text.
  private Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    put(options, "--node", node);
    put(options, "--state-dir", stateDir);
    put(options, "--listen", listen);
    put(options, "--health-listen", healthListen);
    put(options, "--interface-regex", interfaceRegex);
    put(options, "--interface-types", interfaceTypes);
    put(options, "--tls-cert", tlsCertificate);
    put(options, "--tls-key", tlsKey);
    put(options, "--tls-ca", tlsAuthority);
    put(options, "--reconciler-url", reconcilerUrl);
    put(options, "--liveness-key-file", livenessKeyFile);
    put(options, "--max-state-age", maxStateAge);
    put(options, "--insecure", insecure);
    return options;
  }

  private static void put(Map<String, String> options, String name, @Nullable String text) {
    if (text != null) {
      options.put(name, text);
    }
  }
}
