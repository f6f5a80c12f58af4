// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.push.DesiredEndpoint;
import io.gitlb.reconciler.push.DesiredEndpoint.Callers;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.NodeName;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The listener where speakers ask for their node's state.
final class StateListener {

  static final String OPTION = "--state-listen";

  /// A cluster's speakers may all call at once, and keep their connections.
  private static final int CONNECTIONS = 2_048;

  private StateListener() {}

  /// Whether the address is one that may be listened on, else a problem.
  ///
  /// @param identity empty: without TLS
  static boolean mayListen(
      InetSocketAddress address, Optional<TlsIdentity> identity, List<String> problems) {
    boolean may = identity.isPresent() || address.getAddress().isLoopbackAddress();
    if (!may) {
      problems.add(
          OPTION
              + " "
              + address.getHostString()
              + " can be reached from outside; with --insecure it must be a loopback address such"
              + " as 127.0.0.1");
    }
    return may;
  }

  /// Listens; speakers show a certificate of their own.
  ///
  /// @param loops of its own, so that large answers keep nobody else waiting
  /// @param identity empty: without TLS
  /// @param states node → what its speaker shall have now; empty: nothing is decided for it
  static HttpServerStart open(
      HttpLoops loops,
      InetSocketAddress address,
      Optional<TlsIdentity> identity,
      Function<NodeName, Optional<DesiredState>> states) {
    Callers callers = identity.isPresent() ? Callers.CERTIFIED : Callers.ANYBODY;
    ServerSecurity security =
        identity
            .<ServerSecurity>map(ours -> new ServerSecurity.MutualTls(ours, PeerNames.anySpeaker()))
            .orElseGet(ServerSecurity.Plaintext::new);
    return HttpServer.start(
        loops,
        new HttpServerSettings(address, security, HttpLimits.DEFAULTS.withConnections(CONNECTIONS)),
        new DesiredEndpoint(states, callers));
  }
}
