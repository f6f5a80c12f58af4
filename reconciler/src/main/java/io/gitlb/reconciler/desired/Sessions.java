// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BfdSignature;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// The sessions that speakers keep: what the definitions say of a peer, in the words of the
/// protocol.
final class Sessions {

  /// For how long routers keep the routes of a speaker that restarts: an image is pulled and a pod
  /// started in less, and it is what FRR takes by default.
  private static final Duration RESTART_TIME = Duration.ofMinutes(2);

  private Sessions() {}

  /// What speakers are told of a peer.
  ///
  /// @param profiles those that there are
  /// @param passwords those that there are
  static PeerSettings settings(
      BgpPeer peer,
      Function<BfdProfileName, Optional<BfdProfile>> profiles,
      PasswordSecrets passwords) {
    PeerSettings plain = settings(peer);
    return plain.withExtras(
        password(plain.extras(), peer, passwords)
            .withBfd(peer.bfdProfile().flatMap(profiles).map(profile -> bfd(profile, passwords))));
  }

  private static PeerPassword password(PasswordSource source, PasswordSecrets passwords) {
    return switch (source) {
      case PasswordSource.File(String path) -> new PeerPassword.InFile(path);
      case PasswordSource.Secret(String name) -> password(passwords.of(name));
    };
  }

  private static PeerPassword password(PasswordSecrets.Content content) {
    return switch (content) {
      case PasswordSecrets.Content.Usable(Password password) -> new PeerPassword.Given(password);
      case PasswordSecrets.Content.Unusable(String why) -> new PeerPassword.Missing(why);
    };
  }

  private static Extras password(Extras plain, BgpPeer peer, PasswordSecrets passwords) {
    return peer.password()
        .map(source -> plain.withPassword(password(source, passwords)))
        .orElse(plain);
  }

  private static BfdSettings bfd(BfdProfile profile, PasswordSecrets passwords) {
    return new BfdSettings(
        profile.receiveInterval(),
        profile.transmitInterval(),
        profile.detectMultiplier(),
        switch (profile.role()) {
          case ACTIVE -> BfdSettings.Role.ACTIVE;
          case PASSIVE -> BfdSettings.Role.PASSIVE;
        },
        profile.minimumTtl(),
        profile
            .signature()
            .map(
                signature ->
                    new BfdSettings.Signature(
                        kind(signature.kind()),
                        signature.keyId(),
                        password(signature.key(), passwords))));
  }

  private static BfdSettings.SignatureKind kind(BfdSignature.Kind kind) {
    return switch (kind) {
      case KEYED_MD5 -> BfdSettings.SignatureKind.KEYED_MD5;
      case METICULOUS_KEYED_MD5 -> BfdSettings.SignatureKind.METICULOUS_KEYED_MD5;
      case KEYED_SHA1 -> BfdSettings.SignatureKind.KEYED_SHA1;
      case METICULOUS_KEYED_SHA1 -> BfdSettings.SignatureKind.METICULOUS_KEYED_SHA1;
    };
  }

  private static PeerSettings settings(BgpPeer peer) {
    IpAddress address =
        switch (peer.endpoint()) {
          case PeerEndpoint.Address(var known) -> known;
          case PeerEndpoint.Interface _ -> PeerSettings.UNKNOWN_ADDRESS;
        };
    return new PeerSettings(
        peer.name(),
        peer.localAsn().orElse(peer.myAsn()),
        remoteAs(peer.peerAs()),
        address,
        peer.port(),
        peer.holdTime(),
        peer.keepaliveTime().filter(Duration::isPositive), // Zero goes with a hold time of zero.
        peer.connectTime(),
        peer.routerId(),
        peer.sourceAddress(),
        peer.hops(),
        new Extras(peer.routeFamilies(), restartTime(peer), Optional.empty())
            .withTtlSecurity(peer.ttlSecurity())
            .withInitiative(peer.initiative())
            .withInterface(interfaceName(peer.endpoint()))
            .withVrf(peer.vrf()));
  }

  private static RemoteAs remoteAs(PeerAs peerAs) {
    return switch (peerAs) {
      case PeerAs.Exactly(Asn asn) -> new RemoteAs.Exactly(asn);
      case PeerAs.Dynamic.INTERNAL -> RemoteAs.Dynamic.INTERNAL;
      case PeerAs.Dynamic.EXTERNAL -> RemoteAs.Dynamic.EXTERNAL;
    };
  }

  private static Optional<String> interfaceName(PeerEndpoint endpoint) {
    return switch (endpoint) {
      case PeerEndpoint.Address _ -> Optional.empty();
      case PeerEndpoint.Interface(String name) -> Optional.of(name);
    };
  }

  private static Optional<Duration> restartTime(BgpPeer peer) {
    return switch (peer.restart()) {
      case PLAIN -> Optional.empty();
      case GRACEFUL, GRACEFUL_WITH_BFD -> Optional.of(RESTART_TIME);
    };
  }
}
