// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import io.gitlb.apiserver.resource.ServerVersion;
import io.gitlb.apiserver.rules.PortRange;
import java.time.Duration;
import java.util.Set;

/// How an API server is to run. Begin with [#onLoopback] and change what differs.
///
/// @param host address to listen on, or a name that resolves to one
/// @param port 0 for any free one
/// @param moreNames DNS names and IP literals that the certificate is for, besides the host,
///   `localhost` and the loopback addresses
/// @param historyLimit changes kept per kind, 1 or more; a watch that resumes from before them is
///   told 410
/// @param bodyLimitBytes largest body of a request, 1 or more
/// @param bookmarkInterval how often a watch that asks for bookmarks gets one; positive
/// @param nodePorts where node ports of Services come from; a bench with more than 1,300 Services
///   of type LoadBalancer needs a wider range than a cluster's usual one
/// @param kubeSystemUid UID of the namespace kube-system, which identifies the cluster
/// @param version what the server says it is, and does not know beyond
public record ApiServerSettings(
    String host,
    int port,
    Set<String> moreNames,
    int historyLimit,
    int bodyLimitBytes,
    Duration bookmarkInterval,
    PortRange nodePorts,
    String kubeSystemUid,
    ServerVersion version) {

  /// Three MiB, as a real server.
  private static final int BODY_LIMIT_BYTES = 3 * 1024 * 1024;

  private static final int HISTORY_LIMIT = 16_384;

  public ApiServerSettings {
    moreNames = Set.copyOf(moreNames);
    if (port < 0 || port > 65535 || historyLimit < 1 || bodyLimitBytes < 1) {
      throw new IllegalArgumentException("port, historyLimit or bodyLimitBytes is out of range");
    }
    if (bookmarkInterval.isNegative() || bookmarkInterval.isZero()) {
      throw new IllegalArgumentException("bookmarkInterval must be positive");
    }
  }

  /// On 127.0.0.1 and any free port.
  public static ApiServerSettings onLoopback() {
    return new ApiServerSettings(
        "127.0.0.1",
        0,
        Set.of(),
        HISTORY_LIMIT,
        BODY_LIMIT_BYTES,
        Duration.ofMinutes(1),
        PortRange.DEFAULT,
        "6b756265-7379-4000-8000-73746d000001",
        ServerVersion.DEFAULT);
  }

  public ApiServerSettings withListen(String otherHost, int otherPort) {
    return new ApiServerSettings(
        otherHost,
        otherPort,
        moreNames,
        historyLimit,
        bodyLimitBytes,
        bookmarkInterval,
        nodePorts,
        kubeSystemUid,
        version);
  }

  public ApiServerSettings withMoreNames(Set<String> names) {
    return new ApiServerSettings(
        host,
        port,
        names,
        historyLimit,
        bodyLimitBytes,
        bookmarkInterval,
        nodePorts,
        kubeSystemUid,
        version);
  }

  public ApiServerSettings withHistoryLimit(int changes) {
    return new ApiServerSettings(
        host,
        port,
        moreNames,
        changes,
        bodyLimitBytes,
        bookmarkInterval,
        nodePorts,
        kubeSystemUid,
        version);
  }

  public ApiServerSettings withBookmarkInterval(Duration interval) {
    return new ApiServerSettings(
        host,
        port,
        moreNames,
        historyLimit,
        bodyLimitBytes,
        interval,
        nodePorts,
        kubeSystemUid,
        version);
  }

  public ApiServerSettings withNodePorts(PortRange range) {
    return new ApiServerSettings(
        host,
        port,
        moreNames,
        historyLimit,
        bodyLimitBytes,
        bookmarkInterval,
        range,
        kubeSystemUid,
        version);
  }

  public ApiServerSettings withKubeSystemUid(String uid) {
    return new ApiServerSettings(
        host,
        port,
        moreNames,
        historyLimit,
        bodyLimitBytes,
        bookmarkInterval,
        nodePorts,
        uid,
        version);
  }

  /// @param older such as 1.29, which has no ServiceCIDRs and no `ipMode`
  public ApiServerSettings withVersion(ServerVersion older) {
    return new ApiServerSettings(
        host,
        port,
        moreNames,
        historyLimit,
        bodyLimitBytes,
        bookmarkInterval,
        nodePorts,
        kubeSystemUid,
        older);
  }
}
