// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// BGPPeer, all versions alike: `v1beta1` has fewer fields, none of another meaning.
final class PeerMapping {

  private static final long DEFAULT_PORT = 179;

  /// Suggested by RFC 4271 section 10, and MetalLB's own default.
  private static final Duration DEFAULT_HOLD_TIME = Duration.ofSeconds(90);

  /// When only the keepalive time is given (RFC 4271 section 10).
  private static final int KEEPALIVES_A_HOLD_TIME = 3;

  private PeerMapping() {}

  static Optional<BgpPeer> read(Document document) {
    Fields spec = document.spec();
    Optional<Asn> myAsn = spec.required("myASN", PeerMapping::asn);
    Optional<Asn> peerAsn =
        spec.refuse("dynamicASN", "write peerASN instead")
            ? spec.optional("peerASN", PeerMapping::asn)
            : spec.required("peerASN", PeerMapping::asn);
    Optional<IpAddress> peerAddress =
        spec.refuse("interface", "write peerAddress instead")
            ? spec.optional("peerAddress", Addresses::address)
            : spec.required("peerAddress", Addresses::address);
    Optional<IpAddress> source = spec.optional("sourceAddress", Addresses::address);
    Optional<Long> port = port(document);
    Optional<Duration> hold = spec.optional("holdTime", Durations::seconds);
    Optional<Duration> keepalive = spec.optional("keepaliveTime", Durations::seconds);
    Optional<Duration> connect = spec.optional("connectTime", PeerMapping::connectTime);
    Optional<Ipv4> routerId = spec.optional("routerID", Addresses::routerId);
    List<LabelSelector> nodes = spec.list("nodeSelectors", Selectors::read);
    Hops hops =
        spec.optional("ebgpMultiHop", Value::truthValue).orElse(false)
            ? Hops.MULTIPLE
            : Hops.SINGLE;
    refuseFieldsOfLater(spec);
    if (hops == Hops.MULTIPLE && myAsn.isPresent() && myAsn.equals(peerAsn)) {
      refuse(document, "ebgpMultiHop", "is for peers of another AS; remove it");
    }
    if (source.isPresent()
        && peerAddress.isPresent()
        && source.get().family() != peerAddress.get().family()) {
      refuse(document, "sourceAddress", "is of another address family than peerAddress");
    }
    return document.define(
        () ->
            new BgpPeer(
                new PeerName(document.name()),
                document.context().definition(),
                myAsn.orElseThrow(),
                peerAsn.orElseThrow(),
                peerAddress.orElseThrow(),
                port.orElse(DEFAULT_PORT).intValue(),
                hold.or(() -> keepalive.map(k -> k.multipliedBy(KEEPALIVES_A_HOLD_TIME)))
                    .orElse(DEFAULT_HOLD_TIME),
                keepalive,
                connect,
                routerId,
                source,
                hops,
                nodes));
  }

  /// In `v1beta1` the default is written as 0.
  private static Optional<Long> port(Document document) {
    int least = document.version() == ApiVersion.METALLB_V1BETA1 ? 0 : 1;
    return document
        .spec()
        .optional("peerPort", value -> value.number(least, 65_535))
        .filter(port -> port != 0);
  }

  private static void refuseFieldsOfLater(Fields spec) {
    spec.refuseSecret(
        "password", "remove it here: peers with a password come with a later version");
    spec.refuse("passwordSecret", "peers with a password come with a later version");
    spec.refuse("passwordFile", "peers with a password come with a later version");
    spec.refuse("bfdProfile", "BFD comes with a later version; remove it");
    spec.refuse("enableGracefulRestart", "it comes with a later version; remove it");
    spec.refuse("vrf", "sessions inside a VRF come with a later version; remove it");
    spec.refuse("localASN", "it comes with a later version; remove it");
    spec.refuse("dualStackAddressFamily", "make a peer of each address family instead");
    // MetalLB ignores it too.
    spec.optional("disableMP", Value::truthValue);
  }

  private static void refuse(Document document, String field, String why) {
    document
        .context()
        .problems()
        .add(
            document.spec().keyPlace(field),
            ProblemCode.WRONG_VALUE,
            "spec.%s of %s %s".formatted(field, document.context().document(), why));
  }

  private static Optional<Asn> asn(Value value) {
    return value.number(1, 0xFFFF_FFFFL).map(Asn::new);
  }

  /// 1 s to 65,535 s, as in MetalLB.
  private static Optional<Duration> connectTime(Value value) {
    return Durations.seconds(value)
        .flatMap(
            duration ->
                duration.toSeconds() >= 1 && duration.toSeconds() <= 65_535
                    ? Optional.of(duration)
                    : value.wrong("must be from 1s to 65535s"));
  }
}
