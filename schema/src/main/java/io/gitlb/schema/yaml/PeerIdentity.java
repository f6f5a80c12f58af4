// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import java.util.Optional;
import java.util.OptionalInt;

/// Who a BGPPeer is, where, and how it proves that: fields of which one rules out the other.
final class PeerIdentity {

  /// A packet that comes from as far starts with the highest TTL that there is (RFC 5082).
  private static final long MAX_LINKS = 254;

  private PeerIdentity() {}

  /// `peerASN` or `dynamicASN`.
  static Optional<PeerAs> peerAs(Document document) {
    Fields spec = document.spec();
    if (!spec.isFilled("dynamicASN")) {
      spec.optional("dynamicASN", _ -> Optional.empty());
      return spec.required("peerASN", PeerMapping::asn).map(PeerAs.Exactly::new);
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
      return spec.required("peerAddress", Addresses::address).map(PeerEndpoint.Address::new);
    }
    Optional<PeerEndpoint> link =
        spec.optional("interface", Names::interfaceName).map(PeerEndpoint.Interface::new);
    if (spec.isFilled("peerAddress")) {
      document.refuse("interface", "stands beside spec.peerAddress; keep one of both");
    }
    spec.filled("peerAddress", Addresses::address);
    return link;
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
              fields.optional("namespace", Names::objectName);
              fields.refuseOthers();
              return name.map(PasswordSource.Secret::new);
            });
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
