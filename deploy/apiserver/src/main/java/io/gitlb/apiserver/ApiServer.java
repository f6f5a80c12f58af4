// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import io.gitlb.apiserver.api.ApiHandler;
import io.gitlb.apiserver.api.Faults;
import io.gitlb.apiserver.api.RequestCounts;
import io.gitlb.apiserver.http.Listener;
import io.gitlb.apiserver.tls.ServerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/// A running API server. Close it to end it and all its connections; nothing is kept.
public final class ApiServer implements AutoCloseable {
  private static final int TOKEN_BYTES = 16;

  private final ApiServerSettings settings;
  private final String token;
  private final ServerIdentity identity;
  private final ApiHandler handler;
  private final Listener listener;

  private ApiServer(
      ApiServerSettings settings,
      String token,
      ServerIdentity identity,
      ApiHandler handler,
      Listener listener) {
    this.settings = settings;
    this.token = token;
    this.identity = identity;
    this.handler = handler;
    this.listener = listener;
  }

  /// Starts a server with an empty cluster in it: the usual namespaces, no nodes, no Services.
  ///
  /// @throws UncheckedIOException when the address cannot be bound
  public static ApiServer start(ApiServerSettings settings) {
    InstantSource clock = InstantSource.system();
    byte[] secret = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    ApiHandler handler =
        new ApiHandler(
            new ApiHandler.Settings(
                token,
                settings.historyLimit(),
                settings.bookmarkInterval(),
                settings.nodePorts(),
                settings.version()),
            clock);
    for (String namespace : ApiHandler.seededNamespaces()) {
      boolean stable = namespace.equals("kube-system");
      handler.seedNamespace(namespace, stable ? settings.kubeSystemUid() : "", clock);
    }
    handler.seedServiceRanges(clock);
    try {
      InetAddress address = InetAddress.getByName(settings.host());
      ServerIdentity identity = ServerIdentity.create(names(settings, address), clock.instant());
      Listener listener =
          Listener.start(
              new InetSocketAddress(address, settings.port()),
              identity.context(),
              handler,
              settings.bodyLimitBytes());
      return new ApiServer(settings, token, identity, handler, listener);
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "cannot listen on %s:%d: %s"
              .formatted(settings.host(), settings.port(), failed.getMessage()),
          failed);
    }
  }

  private static Set<String> names(ApiServerSettings settings, InetAddress address) {
    Set<String> names = new HashSet<>(settings.moreNames());
    names.addAll(Set.of("localhost", "127.0.0.1", "::1", "kubernetes.default.svc"));
    names.add(settings.host());
    names.add(address.getHostAddress());
    return names;
  }

  public int port() {
    return listener.port();
  }

  /// Where clients go: `https://HOST:PORT`. A server on all addresses is reached over loopback.
  public String url() {
    String host = settings.host();
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    String reachable = any ? "127.0.0.1" : host;
    return "https://%s:%d"
        .formatted(reachable.indexOf(':') >= 0 ? "[" + reachable + "]" : reachable, port());
  }

  /// What clients present as bearer token.
  public String token() {
    return token;
  }

  /// The certificate that clients have to trust, PEM.
  public String caPem() {
    return identity.caPem();
  }

  /// A kubeconfig with the authority's certificate and the token in it.
  public String kubeconfig() {
    return kubeconfig(url());
  }

  /// A kubeconfig for clients that reach the server under another URL, such as from another network
  /// namespace.
  public String kubeconfig(String serverUrl) {
    String ca = Base64.getEncoder().encodeToString(caPem().getBytes(StandardCharsets.US_ASCII));
    return """
        apiVersion: v1
        kind: Config
        clusters:
          - name: gitlb
            cluster:
              server: %s
              certificate-authority-data: %s
        users:
          - name: gitlb
            user:
              token: %s
        contexts:
          - name: gitlb
            context:
              cluster: gitlb
              user: gitlb
        current-context: gitlb
        """
        .formatted(serverUrl, ca, token);
  }

  /// Writes the kubeconfig, readable by its owner only; an existing file is replaced at once.
  ///
  /// @throws UncheckedIOException when it cannot be written
  public void writeKubeconfig(Path file) {
    try {
      Path folder = file.toAbsolutePath().normalize().getParent();
      if (folder == null) {
        throw new IOException("not a file name: " + file);
      }
      Path draft =
          Files.createTempFile(
              folder,
              ".kubeconfig",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, kubeconfig());
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot write the kubeconfig " + file, failed);
    }
  }

  /// The knobs that make it misbehave.
  public Faults faults() {
    return handler.faults();
  }

  /// How many requests there were since the start.
  public RequestCounts requestCounts() {
    return handler.requestCounts();
  }

  /// How many watches are open now.
  ///
  /// @param plural such as `services`
  public int watchCount(String plural) {
    return handler.watchCount(plural);
  }

  @Override
  public void close() {
    faults().clear();
    try {
      listener.close();
    } catch (IOException failed) {
      throw new UncheckedIOException("the listener did not close", failed);
    }
  }
}
