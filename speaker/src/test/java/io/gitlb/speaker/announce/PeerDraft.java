// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.Optional;

/// A peer like another one but for what is named.
public final class PeerDraft {

  private PeerName name;
  private Asn myAsn;
  private RemoteAs peerAs;
  private IpAddress peerAddress;
  private int port;
  private Duration holdTime;
  private Optional<Duration> keepaliveTime;
  private Optional<Duration> connectTime;
  private Optional<Ipv4> routerId;
  private Optional<IpAddress> sourceAddress;
  private Hops hops;
  private Extras extras;

  private PeerDraft(PeerSettings base) {
    name = base.name();
    myAsn = base.myAsn();
    peerAs = base.peerAs();
    peerAddress = base.peerAddress();
    port = base.port();
    holdTime = base.holdTime();
    keepaliveTime = base.keepaliveTime();
    connectTime = base.connectTime();
    routerId = base.routerId();
    sourceAddress = base.sourceAddress();
    hops = base.hops();
    extras = base.extras();
  }

  /// Begins with all that the other one has.
  public static PeerDraft of(PeerSettings base) {
    return new PeerDraft(base);
  }

  public PeerDraft name(String other) {
    name = new PeerName(other);
    return this;
  }

  public PeerDraft myAsn(long other) {
    myAsn = new Asn(other);
    return this;
  }

  public PeerDraft peerAs(RemoteAs other) {
    peerAs = other;
    return this;
  }

  public PeerDraft peerAddress(IpAddress other) {
    peerAddress = other;
    return this;
  }

  public PeerDraft port(int other) {
    port = other;
    return this;
  }

  public PeerDraft holdTime(Duration other) {
    holdTime = other;
    return this;
  }

  public PeerDraft keepaliveTime(Duration given) {
    keepaliveTime = Optional.of(given);
    return this;
  }

  public PeerDraft connectTime(Duration given) {
    connectTime = Optional.of(given);
    return this;
  }

  public PeerDraft routerId(Ipv4 given) {
    routerId = Optional.of(given);
    return this;
  }

  public PeerDraft sourceAddress(IpAddress given) {
    sourceAddress = Optional.of(given);
    return this;
  }

  public PeerDraft hops(Hops other) {
    hops = other;
    return this;
  }

  public PeerDraft extras(Extras others) {
    extras = others;
    return this;
  }

  /// What the draft says now.
  public PeerSettings settings() {
    return new PeerSettings(
        name,
        myAsn,
        peerAs,
        peerAddress,
        port,
        holdTime,
        keepaliveTime,
        connectTime,
        routerId,
        sourceAddress,
        hops,
        extras);
  }
}
