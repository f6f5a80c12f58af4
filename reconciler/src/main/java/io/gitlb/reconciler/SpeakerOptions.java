// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.Security;
import io.gitlb.schema.value.NodeName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the speakers' side.
final class SpeakerOptions {

  private static final Pattern SPEAKER_URL =
      Pattern.compile("(https?)://(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}/?");

  @Option(
      names = "--speaker",
      split = ",",
      paramLabel = "NODE=URL",
      description =
          "a speaker; give one a node (default: every node, on --speaker-port of its first"
              + " address)")
  Map<String, String> speakers = Map.of();

  @Option(
      names = "--speaker-port",
      defaultValue = "7480",
      paramLabel = "PORT",
      description = "port of every speaker when no --speaker is given (default: ${DEFAULT-VALUE})")
  int port = 7480;

  @Option(
      names = "--state-listen",
      paramLabel = "HOST:PORT",
      description =
          "where speakers that pushes do not reach ask for their node's state, as in 0.0.0.0:8482;"
              + " see --reconciler-url of the speaker (default: nowhere)")
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

  /// Finds out what cannot be.
  void check(List<String> problems) {
    if (port < 1 || port > 65_535) {
      problems.add("--speaker-port must be 1 to 65535, not " + port);
    }
  }

  /// Node → where its speaker is; empty when every node has one.
  SortedMap<NodeName, URI> urls(List<String> problems) {
    SortedMap<NodeName, URI> urls = new TreeMap<>();
    for (Map.Entry<String, String> entry : speakers.entrySet()) {
      Matcher url = SPEAKER_URL.matcher(entry.getValue());
      if (entry.getKey().isEmpty() || !url.matches()) {
        problems.add(
            "--speaker "
                + entry.getKey()
                + "="
                + entry.getValue()
                + " is not NODE=URL, as in n1=https://192.0.2.11:7480");
      } else if (url.group(1).equals("http") != insecure) {
        problems.add(
            "--speaker "
                + entry.getKey()
                + "="
                + entry.getValue()
                + (insecure
                    ? " must be an http URL with --insecure"
                    : " must be an https URL; http needs --insecure"));
      } else {
        urls.put(new NodeName(entry.getKey()), URI.create(entry.getValue()));
      }
    }
    return urls;
  }

  /// How they are talked to.
  Optional<Security> security(List<String> problems) {
    if (insecure) {
      return Optional.of(new Security.Insecure());
    }
    if (certificate == null || key == null || authority == null) {
      problems.add(
          "--tls-cert, --tls-key and --tls-ca are needed to talk to the speakers"
              + " (or --insecure, for speakers on loopback)");
      return Optional.empty();
    }
    return Optional.of(new Security.MutualTls(certificate, key, authority));
  }

  /// Where speakers may ask.
  Optional<InetSocketAddress> stateListen(Optional<Security> security, List<String> problems) {
    return Optional.ofNullable(stateListen)
        .flatMap(text -> ListenAddress.parse(StateListener.OPTION, text, problems))
        .filter(
            address ->
                security.isEmpty()
                    || StateListener.mayListen(address, security.get().identity(), problems));
  }
}
