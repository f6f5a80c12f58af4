// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.git.HttpAccess;
import io.gitlb.reconciler.kubernetes.ClusterScope;
import io.gitlb.reconciler.loop.LedgerConduct;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.NodeName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// What the reconciler was started with, checked.
///
/// @param kubeconfig empty: the service account of the pod, else the user's own kubeconfig
/// @param scope what of the cluster is our business
/// @param speakers node → URL of its speaker; empty: every node of the cluster has one on
///   `speakerPort` of its first address
/// @param pollInterval how often the config branch is looked at
/// @param webhooks empty: nobody listens for them
/// @param trust who is believed, and how we prove who we are
/// @param ledgerPushes how many pushes a minute the ledger may make, and how many at once
/// @param apiTokenFile what callers of `/v1` from other hosts have to show; empty: there are none
/// @param stateListen where speakers ask for their states; empty: nowhere
/// @param packing when the local copies are packed, as Quartz writes schedules
record ReconcilerSettings(
    ClusterName cluster,
    GitAccess config,
    List<String> configPaths,
    GitAccess ledger,
    Optional<Path> kubeconfig,
    ClusterScope scope,
    SortedMap<NodeName, URI> speakers,
    int speakerPort,
    Security security,
    Optional<InetSocketAddress> stateListen,
    Path stateDirectory,
    Duration pollInterval,
    TrustFiles trust,
    PushRate ledgerPushes,
    LedgerConduct ledgerConduct,
    String packing,
    InetSocketAddress healthListen,
    Optional<Path> apiTokenFile,
    Optional<Webhooks> webhooks) {

  ReconcilerSettings {
    configPaths = List.copyOf(configPaths);
  }

  /// A branch of a repository and how to get at it.
  ///
  /// @param repository a URL, an scp-like address or a path
  /// @param branch without `refs/heads/`
  /// @param username for https
  /// @param passwordFile for https; holds the password or token, read again at each use
  /// @param sshKey for ssh; a private key file
  /// @param knownHosts for ssh; without it no host is trusted
  /// @param caFile for https; a PEM file of further certificate authorities
  /// @param http for http and https: token, proxy, GitHub App
  record GitAccess(
      String repository,
      String branch,
      Optional<String> username,
      Optional<Path> passwordFile,
      Optional<Path> sshKey,
      Optional<Path> knownHosts,
      Optional<Path> caFile,
      HttpAccess http) {}

  /// Where webhooks are taken.
  ///
  /// @param secretFiles one secret each; at least one
  /// @param certificate PEM chain; with it and the key the listener speaks TLS
  /// @param key PEM
  record Webhooks(
      InetSocketAddress listen,
      List<Path> secretFiles,
      Optional<Path> certificate,
      Optional<Path> key) {

    Webhooks {
      secretFiles = List.copyOf(secretFiles);
    }
  }

  /// Files about signatures.
  ///
  /// @param policy who may change what on the config branch
  /// @param ledgerSigningKey an OpenSSH private key that signs ledger commits
  record TrustFiles(Optional<Path> policy, Optional<Path> ledgerSigningKey) {}

  /// A token bucket's measures.
  record PushRate(int perMinute, int burst) {}

  /// How the reconciler talks to the speakers.
  sealed interface Security {

    /// What both directions show; empty without TLS.
    default Optional<TlsIdentity> identity() {
      return switch (this) {
        case MutualTls tls ->
            Optional.of(new TlsIdentity(tls.certificate(), tls.key(), tls.authority()));
        case Insecure _ -> Optional.empty();
      };
    }

    /// Both sides show a certificate.
    ///
    /// @param certificate PEM chain
    /// @param key PEM, PKCS #8
    /// @param authority PEM
    record MutualTls(Path certificate, Path key, Path authority) implements Security {}

    /// Plain HTTP, for speakers on loopback only.
    record Insecure() implements Security {}
  }
}
