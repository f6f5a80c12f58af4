// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.BgpPeer.Families;
import io.gitlb.schema.model.BgpPeer.Restart;
import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PeerName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// BGPPeer in all versions. Their differences are in [PeerVersions].
final class PeerMapping {

  private PeerMapping() {}

  static Optional<BgpPeer> read(Document document) {
    Fields spec = document.spec();
    PeerVersions.restrict(document);
    Optional<Asn> myAsn = spec.required("myASN", PeerMapping::asn);
    Optional<Asn> localAsn = spec.optional("localASN", PeerMapping::asn);
    Optional<PeerAs> peerAs = PeerIdentity.peerAs(document);
    Optional<PeerEndpoint> endpoint = PeerIdentity.endpoint(document);
    Optional<Long> port = PeerVersions.port(document);
    PeerTimers timers = PeerTimers.read(document);
    Optional<Ipv4> routerId = spec.filled("routerID", Addresses::routerId);
    Optional<IpAddress> source = spec.filled("sourceAddress", Addresses::address);
    Optional<String> vrf = spec.filled("vrf", Names::interfaceName);
    Hops hops = spec.isTrue("ebgpMultiHop") ? Hops.MULTIPLE : Hops.SINGLE;
    Initiative initiative = spec.isTrue("passive") ? Initiative.PASSIVE : Initiative.ACTIVE;
    OptionalInt ttlSecurity = PeerIdentity.ttlSecurity(document, hops);
    Families families = spec.isTrue("dualStackAddressFamily") ? Families.BOTH : Families.OF_ADDRESS;
    Restart restart = restart(document);
    Optional<PasswordSource> password = PeerIdentity.password(document);
    Optional<BfdProfileName> bfdProfile = spec.filled("bfdProfile", Names::bfdProfileName);
    List<LabelSelector> nodes = spec.list("nodeSelectors", Selectors::read);
    PeerVersions.withoutEffect(document);
    if (hops == Hops.MULTIPLE
        && isSameAs(localAsn.or(() -> myAsn).stream().toList(), peerAs.stream().toList())) {
      document.refuse("ebgpMultiHop", "is for peers of another AS; remove it");
    }
    PeerIdentity.judgePath(document, endpoint, source, hops);
    return document.define(
        () ->
            new BgpPeer(
                new PeerName(document.name()),
                document.context().definition(),
                myAsn.orElseThrow(),
                localAsn,
                peerAs.orElseThrow(),
                endpoint.orElseThrow(),
                port.map(Long::intValue).orElse(BgpPeer.DEFAULT_PORT),
                timers.hold(),
                timers.keepalive(),
                timers.connect(),
                routerId,
                source,
                vrf,
                hops,
                initiative,
                ttlSecurity,
                families,
                restart,
                password,
                bfdProfile,
                nodes));
  }

  private static Restart restart(Document document) {
    Fields spec = document.spec();
    boolean withBfd = spec.isTrue("bfdWithGracefulRestart");
    boolean graceful = spec.isTrue("enableGracefulRestart");
    List<String> missing = new ArrayList<>();
    if (!spec.isFilled("bfdProfile")) {
      missing.add("spec.bfdProfile");
    }
    if (!graceful) {
      missing.add("spec.enableGracefulRestart: true");
    }
    if (withBfd && !missing.isEmpty()) {
      document.note(
          ProblemCode.NO_EFFECT,
          "bfdWithGracefulRestart",
          "has no effect without %s; add what is missing, or remove it"
              .formatted(String.join(" and ", missing)));
    }
    if (!graceful) {
      return Restart.PLAIN;
    }
    return withBfd ? Restart.GRACEFUL_WITH_BFD : Restart.GRACEFUL;
  }

  static Optional<Asn> asn(Value value) {
    return value
        .number(1, 0xFFFF_FFFFL)
        .map(Asn::new)
        .flatMap(
            asn ->
                asn.equals(Asn.TRANS)
                    ? value.wrong(
                        "is AS_TRANS (RFC 6793), which stands for numbers above 65535 and is no"
                            + " router's; write the router's own")
                    : Optional.of(asn));
  }

  /// @param own empty when it could not be read
  /// @param peers empty when it could not be read
  private static boolean isSameAs(List<Asn> own, List<PeerAs> peers) {
    return peers.contains(PeerAs.Dynamic.INTERNAL)
        || own.stream().anyMatch(asn -> peers.contains(new PeerAs.Exactly(asn)));
  }
}
