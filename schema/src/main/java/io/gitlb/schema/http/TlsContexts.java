// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS context made of an identity's files, made anew when they change.
///
/// [#current()] costs three file look-ups and is called for each new connection, never on an event
/// loop. When changed files cannot be used, the last good context stays and a warning says why,
/// once for each change.
final class TlsContexts {

  private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

  private final TlsIdentity identity;
  private final Role role;
  private SslContext context;
  private List<String> seen;

  /// Which end of the connection we are.
  sealed interface Role {

    record Server(Optional<PeerNames> callers) implements Role {}

    record Client(PeerNames server) implements Role {}
  }

  /// What came of the first reading.
  sealed interface Opened {

    record Usable(TlsContexts contexts) implements Opened {}

    record Unusable(String message) implements Opened {}
  }

  private TlsContexts(TlsIdentity identity, Role role, SslContext context, List<String> seen) {
    this.identity = identity;
    this.role = role;
    this.context = context;
    this.seen = seen;
  }

  static Opened open(TlsIdentity identity, Role role) {
    List<String> seen = fingerprints(identity);
    return switch (build(identity, role)) {
      case Built.Context(SslContext context) ->
          new Opened.Usable(new TlsContexts(identity, role, context, seen));
      case Built.Failed(String message) -> new Opened.Unusable(message);
    };
  }

  /// The context of the files as they are now.
  synchronized SslContext current() {
    List<String> now = fingerprints(identity);
    if (!now.equals(seen)) {
      seen = now;
      switch (build(identity, role)) {
        case Built.Context(SslContext renewed) -> {
          context = renewed;
          LOG.info("{} and its key were read again", identity.certificateChain());
        }
        case Built.Failed(String message) ->
            LOG.warn("keeping the certificate that was read before: {}", message);
      }
    }
    return context;
  }

  private sealed interface Built {

    record Context(SslContext context) implements Built {}

    record Failed(String message) implements Built {}
  }

  private static Built build(TlsIdentity identity, Role role) {
    return switch (PemFiles.read(identity)) {
      case PemFiles.Read.Unusable(String message) -> new Built.Failed(message);
      case PemFiles.Read.Complete(PemFiles.Material material) -> {
        try {
          yield new Built.Context(build(material, role));
        } catch (GeneralSecurityException | SSLException | IllegalArgumentException e) {
          yield new Built.Failed(
              identity.certificateChain() + " cannot be used for TLS: " + e.getMessage());
        }
      }
    };
  }

  private static SslContext build(PemFiles.Material material, Role role)
      throws GeneralSecurityException, SSLException {
    X509Certificate[] chain = material.chain().toArray(X509Certificate[]::new);
    SslContextBuilder builder =
        switch (role) {
          case Role.Server(Optional<PeerNames> callers) -> {
            SslContextBuilder server = SslContextBuilder.forServer(material.key(), chain);
            if (callers.isPresent()) {
              server
                  .clientAuth(ClientAuth.REQUIRE)
                  .trustManager(PeerNameCheck.of(material.authorities(), callers.get()));
            }
            yield server;
          }
          case Role.Client(PeerNames server) ->
              SslContextBuilder.forClient()
                  .keyManager(material.key(), chain)
                  .trustManager(PeerNameCheck.of(material.authorities(), server))
                  // The name is checked against the role, not against the address dialled.
                  .endpointIdentificationAlgorithm(null);
        };
    return builder.sslProvider(SslProvider.JDK).protocols("TLSv1.3", "TLSv1.2").build();
  }

  /// Changes when a file is written, replaced, or the link to it is turned.
  private static List<String> fingerprints(TlsIdentity identity) {
    return Stream.of(identity.certificateChain(), identity.privateKey(), identity.authorities())
        .map(TlsContexts::fingerprint)
        .toList();
  }

  private static String fingerprint(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }
}
