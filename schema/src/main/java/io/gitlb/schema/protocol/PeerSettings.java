// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// A BGP peer that the node keeps a session with.
///
/// @param myAsn what we call ourselves on the session
/// @param peerAddress [#UNKNOWN_ADDRESS] where the speaker is to find the peer at the other end of
///   `extras.interfaceName`
/// @param port 1 to 65535
/// @param holdTime 0 or 3 s to 65535 s, whole seconds
/// @param keepaliveTime empty: a third of the negotiated hold time
/// @param connectTime empty: the speaker's own
/// @param routerId empty: chosen by the speaker
/// @param sourceAddress empty: chosen by the kernel
public record PeerSettings(
    PeerName name,
    Asn myAsn,
    RemoteAs peerAs,
    IpAddress peerAddress,
    int port,
    Duration holdTime,
    Optional<Duration> keepaliveTime,
    Optional<Duration> connectTime,
    Optional<Ipv4> routerId,
    Optional<IpAddress> sourceAddress,
    Hops hops,
    Extras extras)
    implements Comparable<PeerSettings> {

  /// `::`, which nobody has (RFC 4291 section 2.5.2).
  public static final IpAddress UNKNOWN_ADDRESS = IpAddress.of("::");

  /// Which AS the peer must be of.
  public sealed interface RemoteAs {

    /// This one.
    record Exactly(Asn asn) implements RemoteAs {}

    /// Whatever the peer says, within limits.
    enum Dynamic implements RemoteAs {
      /// Ours.
      INTERNAL,
      /// Any but ours.
      EXTERNAL
    }
  }

  /// What most peers do not need.
  ///
  /// @param families of the routes on the session, at least one
  /// @param restartTime for how long the peer shall keep our routes while the speaker restarts (RFC
  ///   4724), 0 s to 4095 s in whole seconds; empty: not at all
  /// @param password signs every segment (RFC 2385); empty: none
  /// @param bfd how the path to the peer is watched; empty: not at all
  /// @param ttlSecurity how many links away the peer is at most, 1 to 254: what comes from farther
  ///   is ignored (GTSM, RFC 5082), and the peer can ignore what does not come from us; empty:
  ///   without
  /// @param initiative who dials
  /// @param interfaceName the only network interface that the session uses, and the scope of a
  ///   link-local address of the peer; empty: any
  /// @param vrf the network interface of the VRF that the session is in; empty: the default one
  public record Extras(
      SortedSet<IpFamily> families,
      Optional<Duration> restartTime,
      Optional<PeerPassword> password,
      Optional<BfdSettings> bfd,
      OptionalInt ttlSecurity,
      Initiative initiative,
      Optional<String> interfaceName,
      Optional<String> vrf) {

    /// RFC 4724 section 3: 12 bits.
    private static final Duration MAX_RESTART_TIME = Duration.ofSeconds(4_095);

    private static final int MAX_LINKS = 254;

    public Extras {
      families = Collections.unmodifiableSortedSet(new TreeSet<>(families));
      if (families.isEmpty()) {
        throw new IllegalArgumentException("a session has at least one address family");
      }
      boolean impossible =
          restartTime
              .filter(
                  t ->
                      t.isNegative()
                          || !t.equals(Duration.ofSeconds(t.toSeconds()))
                          || t.compareTo(MAX_RESTART_TIME) > 0)
              .isPresent();
      if (impossible) {
        throw new IllegalArgumentException(
            "a restart time is 0 to 4095 whole seconds, not " + restartTime);
      }
      if (ttlSecurity.isPresent()
          && (ttlSecurity.getAsInt() < 1 || ttlSecurity.getAsInt() > MAX_LINKS)) {
        throw new IllegalArgumentException(
            "TTL security is for 1 to 254 links, not " + ttlSecurity.getAsInt());
      }
    }

    /// Dialled, without BFD and TTL security.
    public Extras(
        SortedSet<IpFamily> families,
        Optional<Duration> restartTime,
        Optional<PeerPassword> password) {
      this(
          families,
          restartTime,
          password,
          Optional.empty(),
          OptionalInt.empty(),
          Initiative.ACTIVE,
          Optional.empty(),
          Optional.empty());
    }

    /// The same, watched so.
    public Extras withBfd(Optional<BfdSettings> settings) {
      return new Extras(
          families, restartTime, password, settings, ttlSecurity, initiative, interfaceName, vrf);
    }

    /// The same with that password.
    public Extras withPassword(PeerPassword other) {
      return new Extras(
          families,
          restartTime,
          Optional.of(other),
          bfd,
          ttlSecurity,
          initiative,
          interfaceName,
          vrf);
    }

    /// The same with a peer that many links away at most.
    public Extras withTtlSecurity(OptionalInt links) {
      return new Extras(
          families, restartTime, password, bfd, links, initiative, interfaceName, vrf);
    }

    /// The same with that side making the connection.
    public Extras withInitiative(Initiative who) {
      return new Extras(families, restartTime, password, bfd, ttlSecurity, who, interfaceName, vrf);
    }

    /// The same on that network interface alone.
    public Extras withInterface(Optional<String> name) {
      return new Extras(families, restartTime, password, bfd, ttlSecurity, initiative, name, vrf);
    }

    /// The same in that VRF.
    public Extras withVrf(Optional<String> name) {
      return new Extras(
          families, restartTime, password, bfd, ttlSecurity, initiative, interfaceName, name);
    }

    /// What the sockets of the session are bound to: an interface is in its VRF.
    public Optional<String> device() {
      return interfaceName.or(() -> vrf);
    }

    /// Routes of that family and nothing else.
    public static Extras of(IpFamily family) {
      return new Extras(new TreeSet<>(Set.of(family)), Optional.empty(), Optional.empty());
    }
  }

  public PeerSettings {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is between 1 and 65535, not " + port);
    }
    long seconds = holdTime.getSeconds();
    if (holdTime.getNano() != 0
        || seconds < 0
        || seconds > 65_535
        || seconds == 1
        || seconds == 2) {
      throw new IllegalArgumentException(
          "a hold time is 0 or 3 to 65535 whole seconds (RFC 4271 section 4.2), not " + holdTime);
    }
    if (peerAddress.equals(UNKNOWN_ADDRESS) && extras.interfaceName().isEmpty()) {
      throw new IllegalArgumentException(
          "a peer without an address is at the other end of an interface, which "
              + name
              + " lacks");
    }
  }

  /// Of a fixed AS, without extras.
  public PeerSettings(
      PeerName name,
      Asn myAsn,
      Asn peerAsn,
      IpAddress peerAddress,
      int port,
      Duration holdTime,
      Optional<Duration> keepaliveTime,
      Optional<Duration> connectTime,
      Optional<Ipv4> routerId,
      Optional<IpAddress> sourceAddress,
      Hops hops) {
    this(
        name,
        myAsn,
        new RemoteAs.Exactly(peerAsn),
        peerAddress,
        port,
        holdTime,
        keepaliveTime,
        connectTime,
        routerId,
        sourceAddress,
        hops,
        Extras.of(peerAddress.family()));
  }

  /// The same, found at that address.
  public PeerSettings withPeerAddress(IpAddress address) {
    return new PeerSettings(
        name,
        myAsn,
        peerAs,
        address,
        port,
        holdTime,
        keepaliveTime,
        connectTime,
        routerId,
        sourceAddress,
        hops,
        extras);
  }

  /// The same with other extras.
  public PeerSettings withExtras(Extras others) {
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
        others);
  }

  /// Whether a session of the other settings goes on under these: only what the peer is told of
  /// when the session is made, and what the connection is made with, needs a new one. Soft are the
  /// name, the time between keepalives and between attempts to connect, what BFD does, and a
  /// password that nobody has to tell us at the moment.
  public boolean keepsSessionOf(PeerSettings other) {
    return withPasswordOf(other).lasting(name).equals(other.lasting(name));
  }

  private PeerSettings withPasswordOf(PeerSettings other) {
    boolean missing = extras.password().filter(PeerPassword.Missing.class::isInstance).isPresent();
    return missing && other.extras.password().isPresent()
        ? withExtras(extras.withPassword(other.extras.password().get()))
        : this;
  }

  private PeerSettings lasting(PeerName as) {
    return new PeerSettings(
        as,
        myAsn,
        peerAs,
        peerAddress,
        port,
        holdTime,
        Optional.empty(),
        Optional.empty(),
        routerId,
        sourceAddress,
        hops,
        extras.withBfd(Optional.empty()));
  }

  /// Whether a password is in it, not merely where one is to be found.
  boolean hasSecret() {
    return extras.password().filter(PeerPassword.Given.class::isInstance).isPresent()
        || extras.bfd().filter(BfdSettings::hasSecret).isPresent();
  }

  /// The same without what nobody else may know.
  PeerSettings withoutSecrets() {
    if (!hasSecret()) {
      return this;
    }
    Extras shown =
        extras.password().orElse(PeerPassword.NOT_SHOWN) instanceof PeerPassword.Given
            ? extras.withPassword(PeerPassword.NOT_SHOWN)
            : extras;
    return withExtras(shown.withBfd(extras.bfd().map(BfdSettings::withoutSecrets)));
  }

  @Override
  public int compareTo(PeerSettings other) {
    return name.compareTo(other.name);
  }
}
