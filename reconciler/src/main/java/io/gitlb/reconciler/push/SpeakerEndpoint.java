// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// Where a speaker is, and how what is sent to it is protected.
///
/// @param host a name or an address, IPv6 without brackets
/// @param port 1 to 65535
record SpeakerEndpoint(NodeName node, String host, int port, ClientSecurity security) {

  /// The speaker API's port when the URL names none.
  static final int DEFAULT_PORT = 7480;

  /// What a URL came to.
  sealed interface Found {

    record Usable(SpeakerEndpoint endpoint) implements Found {}

    /// @param failure no URL, or one that cannot be used
    record Unusable(Failure failure) implements Found {}
  }

  /// Checks the URL of a node's speaker. With an identity it begins with `https`, without with
  /// `http`: what is meant to be protected is never sent in the clear by a slip.
  static Found of(NodeName node, Optional<URI> url, Optional<TlsIdentity> identity) {
    return url.map(present -> of(node, present, identity))
        .orElseGet(
            () ->
                new Found.Unusable(
                    PushFailure.NO_URL.of(
                        node,
                        "",
                        "its URL is not known; start the reconciler with --speaker "
                            + node
                            + "=URL, or see whether the speaker's pod runs")));
  }

  private static Found of(NodeName node, URI url, Optional<TlsIdentity> identity) {
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    String expected = identity.isPresent() ? "https" : "http";
    String host = Optional.ofNullable(url.getHost()).orElse("");
    int port = url.getPort() == -1 ? DEFAULT_PORT : url.getPort();
    if (!scheme.equals(expected)) {
      return unusable(
          node,
          url,
          identity.isPresent()
              ? "with certificates the URL begins with https://; without them start both sides with"
                  + " --insecure, on loopback addresses only"
              : "without certificates the URL begins with http://; give the reconciler its"
                  + " certificate, key and authorities to use https://");
    }
    if (host.isEmpty() || port < 1 || port > 65_535) {
      return unusable(node, url, "it has no host, or no port between 1 and 65535");
    }
    if (!isBare(url)) {
      return unusable(node, url, "allowed are scheme, host and port only");
    }
    ClientSecurity security =
        identity
            .<ClientSecurity>map(
                present -> new ClientSecurity.MutualTls(present, PeerNames.speaker(node)))
            .orElseGet(ClientSecurity.Plaintext::new);
    return new Found.Usable(new SpeakerEndpoint(node, withoutBrackets(host), port, security));
  }

  private static boolean isBare(URI url) {
    String path = Optional.ofNullable(url.getRawPath()).orElse("");
    return (path.isEmpty() || path.equals("/"))
        && url.getRawQuery() == null
        && url.getRawFragment() == null
        && url.getRawUserInfo() == null;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /// Only scheme, host and port are shown: what else is in it may be a secret.
  private static Found unusable(NodeName node, URI url, String what) {
    String shown =
        url.getHost() == null
            ? "its URL"
            : "its URL "
                + url.getScheme()
                + "://"
                + url.getHost()
                + (url.getPort() == -1 ? "" : ":" + url.getPort());
    return new Found.Unusable(PushFailure.BAD_URL.of(node, "", shown + " cannot be used: " + what));
  }

  /// ` at host port number`, for messages.
  String where() {
    return " at " + host + " port " + port;
  }

  Failure unreachable(HttpResult.Unreachable result) {
    if (security instanceof ClientSecurity.MutualTls(TlsIdentity files, PeerNames _)
        && isAboutTls(result.reason(), files)) {
      return PushFailure.TLS.of(node, where(), result.reason());
    }
    return PushFailure.UNREACHABLE.of(
        node, where(), result.reason() + "; trying again, it goes on with what it has");
  }

  Failure timedOut(HttpResult.TimedOut result) {
    return PushFailure.TIMED_OUT.of(node, where(), result.reason() + "; trying again");
  }

  /// The client gives the reason in words only. A word that we miss costs the more exact code, no
  /// more.
  private static boolean isAboutTls(String reason, TlsIdentity files) {
    return reason.contains("TLS")
        || reason.contains("certificate")
        || reason.contains(files.certificateChain().toString())
        || reason.contains(files.privateKey().toString())
        || reason.contains(files.authorities().toString());
  }
}
