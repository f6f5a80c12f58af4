// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Who a BGPPeer is, where, and how it proves that: fields of which one rules out the other.
final class PeerIdentity {

  /// A packet that comes from as far starts with the highest TTL that there is (RFC 5082).
  private static final long MAX_LINKS = 254;

  /// Where passwords are looked for unless the reconciler is told otherwise.
  private static final String SECRETS_NAMESPACE = "gitlb-passwords";

  private static final IpPrefix LINK_LOCAL = IpPrefix.of("fe80::/10");

  /// Unspecified, multicast and broadcast.
  private static final List<IpPrefix> NOBODY =
      List.of(
          IpPrefix.of("0.0.0.0/32"),
          IpPrefix.of("224.0.0.0/4"),
          IpPrefix.of("255.255.255.255/32"),
          IpPrefix.of("::/128"),
          IpPrefix.of("ff00::/8"));

  private PeerIdentity() {}

  /// `peerASN` or `dynamicASN`.
  static Optional<PeerAs> peerAs(Document document) {
    Fields spec = document.spec();
    if (!spec.isFilled("dynamicASN")) {
      spec.optional("dynamicASN", _ -> Optional.empty());
      return spec.requiredOr("dynamicASN", "peerASN", PeerMapping::asn).map(PeerAs.Exactly::new);
    }
    Optional<PeerAs> dynamic = spec.optional("dynamicASN", PeerIdentity::dynamic);
    Optional<Asn> number = spec.optional("peerASN", PeerMapping::asn);
    if (number.isPresent()) {
      document.refuse("dynamicASN", "stands beside spec.peerASN; keep one of both");
    }
    return dynamic;
  }

  private static Optional<PeerAs> dynamic(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                switch (text) {
                  case "internal" -> Optional.of(PeerAs.Dynamic.INTERNAL);
                  case "external" -> Optional.of(PeerAs.Dynamic.EXTERNAL);
                  default -> value.wrong("must be internal or external");
                });
  }

  /// `peerAddress` or `interface`.
  static Optional<PeerEndpoint> endpoint(Document document) {
    Fields spec = document.spec();
    if (!spec.isFilled("interface")) {
      spec.optional("interface", _ -> Optional.empty());
      return spec.requiredOr("interface", "peerAddress", Addresses::address)
          .map(PeerEndpoint.Address::new);
    }
    Optional<PeerEndpoint> link =
        spec.optional("interface", Names::interfaceName).map(PeerEndpoint.Interface::new);
    if (spec.isFilled("peerAddress")) {
      document.refuse("interface", "stands beside spec.peerAddress; keep one of both");
    }
    spec.filled("peerAddress", Addresses::address);
    return link;
  }

  /// What no session can be kept with, or over.
  ///
  /// @param endpoint empty when it could not be read
  /// @param source empty for none, too
  static void judgePath(
      Document document, Optional<PeerEndpoint> endpoint, Optional<IpAddress> source, Hops hops) {
    endpoint.ifPresent(where -> judgePath(document, where, source, hops));
  }

  private static void judgePath(
      Document document, PeerEndpoint endpoint, Optional<IpAddress> source, Hops hops) {
    switch (endpoint) {
      case PeerEndpoint.Address(IpAddress address) -> {
        if (NOBODY.stream().anyMatch(prefix -> prefix.contains(address))) {
          document.refuse("peerAddress", "is no router's: it is no unicast address");
        } else if (LINK_LOCAL.contains(address)) {
          document.refuse(
              "peerAddress",
              "is link-local, which every link has its own of; write spec.interface instead");
        }
        source.ifPresent(own -> judgeSource(document, own, address));
      }
      case PeerEndpoint.Interface _ -> {
        if (hops == Hops.MULTIPLE) {
          document.refuse(
              "ebgpMultiHop",
              "stands beside spec.interface, whose router is on the link; remove it");
        }
        if (source.filter(own -> !LINK_LOCAL.contains(own)).isPresent()) {
          document.refuse(
              "sourceAddress",
              "stands beside spec.interface, whose session is between link-local addresses; remove it");
        }
      }
    }
  }

  private static void judgeSource(Document document, IpAddress own, IpAddress peer) {
    if (own.family() != peer.family()) {
      document.refuse("sourceAddress", "is of another address family than peerAddress");
    } else if (own.equals(peer)) {
      document.refuse(
          "sourceAddress", "is that of peerAddress, and no session is kept with oneself");
    } else if (NOBODY.stream().anyMatch(prefix -> prefix.contains(own))) {
      document.refuse("sourceAddress", "is no node's: it is no unicast address");
    } else if (LINK_LOCAL.contains(own)) {
      document.refuse(
          "sourceAddress",
          "is link-local, which goes with spec.interface alone; write another one, or remove it");
    }
  }

  /// Of `gitlb.io/v1`.
  static OptionalInt ttlSecurity(Document document, Hops hops) {
    Optional<Long> links =
        document.spec().optional("ttlSecurity", value -> value.number(1, MAX_LINKS));
    if (links.isPresent() && hops == Hops.MULTIPLE) {
      document.refuse(
          "ttlSecurity",
          "stands beside spec.ebgpMultiHop, which it does without; keep one of both");
    }
    return links.map(number -> OptionalInt.of(number.intValue())).orElseGet(OptionalInt::empty);
  }

  /// `passwordSecret` or `passwordFile`; never `password`.
  static Optional<PasswordSource> password(Document document) {
    Fields spec = document.spec();
    spec.refuseSecret("password", advice(document));
    Optional<PasswordSource> secret = spec.filled("passwordSecret", PeerIdentity::secret);
    Optional<PasswordSource> file = spec.filled("passwordFile", PeerIdentity::file);
    if (spec.isFilled("passwordSecret") && spec.isFilled("passwordFile")) {
      document.note(
          ProblemCode.WRONG_VALUE,
          "passwordFile",
          "stands beside spec.passwordSecret; keep one of both");
    }
    return secret.or(() -> file);
  }

  /// The key of BFD: `passwordSecret` or `passwordFile`, one of both.
  ///
  /// @param around what they stand in
  static Optional<PasswordSource> key(Fields fields, Value around) {
    if (!fields.isFilled("passwordFile")) {
      fields.optional("passwordFile", _ -> Optional.empty());
      return fields.required("passwordSecret", PeerIdentity::keySecret);
    }
    if (fields.isFilled("passwordSecret")) {
      return around.wrong("has passwordSecret and passwordFile; keep one of both");
    }
    fields.filled("passwordSecret", PeerIdentity::keySecret);
    return fields.optional("passwordFile", PeerIdentity::file);
  }

  private static Optional<PasswordSource> keySecret(Value value) {
    return value
        .fields()
        .flatMap(
            fields -> {
              Optional<String> name = fields.required("name", Names::objectName);
              fields.refuseOthers();
              return name.map(PasswordSource.Secret::new);
            });
  }

  private static String advice(Document document) {
    return switch (document.version()) {
      case METALLB_V1BETA1 ->
          "name a Secret instead: spec.passwordSecret, in apiVersion metallb.io/v1beta2";
      case METALLB_V1BETA2 -> "name a Secret instead: spec.passwordSecret";
      case GITLB_V1 -> "name a Secret or a file instead: spec.passwordSecret or spec.passwordFile";
    };
  }

  private static Optional<PasswordSource> secret(Value value) {
    return value
        .fields()
        .flatMap(
            fields -> {
              Optional<String> name = fields.required("name", Names::objectName);
              // There is one namespace for them, as in MetalLB.
              fields.optional("namespace", PeerIdentity::secretsNamespace);
              fields.refuseOthers();
              return name.map(PasswordSource.Secret::new);
            });
  }

  /// Which namespace it is, is the reconciler's to know (`--secrets-namespace`).
  private static Optional<String> secretsNamespace(Value value) {
    Optional<String> name = Names.objectName(value);
    name.filter(one -> !one.equals(SECRETS_NAMESPACE))
        .ifPresent(
            one -> {
              Optional<String> _ =
                  value.noted(
                      ProblemCode.SECRET_ELSEWHERE,
                      "has no effect: Secrets are looked for in the reconciler's"
                          + " --secrets-namespace alone, "
                          + SECRETS_NAMESPACE
                          + " where nothing else is said; put the Secret there and remove this");
            });
    return name;
  }

  private static Optional<PasswordSource> file(Value value) {
    return value
        .filledText()
        .flatMap(
            path ->
                path.startsWith("/") && path.codePoints().allMatch(Shown::isVisible)
                    ? Optional.of(new PasswordSource.File(path))
                    : value.wrong("is not an absolute path"));
  }
}
