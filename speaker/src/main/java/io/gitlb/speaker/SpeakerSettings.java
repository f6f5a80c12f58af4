// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessKeys;
import io.gitlb.speaker.pcap.InterfaceType;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// How one speaker runs.
///
/// @param stateDir where the desired state is kept; made when missing
/// @param listen the API for the reconciler; port 0: any free one
/// @param healthListen health, always without TLS and so on a loopback address
/// @param interfaceNames the whole name of an interface that layer 2 uses matches it
/// @param interfaceTypes it is of one of these
/// @param security of the API
/// @param reconciler where the reconciler is asked for a state that pushes did not bring; empty:
///   nowhere
/// @param livenessKeys of the sessions with other speakers
/// @param maxStateAge the age from which a state on disk is not announced after a cold start: on
///   links when no other speaker can be asked, to routers when the reconciler is not heard
public record SpeakerSettings(
    NodeName node,
    Path stateDir,
    InetSocketAddress listen,
    InetSocketAddress healthListen,
    Pattern interfaceNames,
    Set<InterfaceType> interfaceTypes,
    ServerSecurity security,
    Optional<URI> reconciler,
    LivenessKeys livenessKeys,
    Duration maxStateAge) {

  public SpeakerSettings {
    interfaceTypes = Set.copyOf(interfaceTypes);
  }
}
