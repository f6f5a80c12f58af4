// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BfdProfile.Echo;
import io.gitlb.schema.model.BfdProfile.Role;
import io.gitlb.schema.model.BfdSignature;
import io.gitlb.schema.model.BfdSignature.Kind;
import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.value.BfdProfileName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// BFDProfile.
final class BfdMapping {

  /// Of all intervals, in milliseconds, as in MetalLB.
  private static final long SHORTEST = 10;

  private static final long LONGEST = 60_000;

  private static final long MAX_KEY_ID = 255;

  private static final String AUTHENTICATION = "authentication";

  private BfdMapping() {}

  static Optional<BfdProfile> read(Document document) {
    Fields spec = document.spec();
    if (document.version() != ApiVersion.GITLB_V1) {
      spec.onlyIn(ApiVersion.GITLB_V1, List.of(AUTHENTICATION));
    }
    Duration receive = interval(spec, "receiveInterval").orElse(BfdProfile.DEFAULT_INTERVAL);
    Duration transmit = interval(spec, "transmitInterval").orElse(BfdProfile.DEFAULT_INTERVAL);
    Optional<Long> multiplier = spec.optional("detectMultiplier", value -> value.number(2, 255));
    Echo echo = spec.optional("echoMode", BfdMapping::echo).orElse(false) ? Echo.ASKED : Echo.OFF;
    Duration echoInterval = interval(spec, "echoInterval").orElse(BfdProfile.DEFAULT_ECHO_INTERVAL);
    Role role =
        spec.optional("passiveMode", Value::truthValue).orElse(false) ? Role.PASSIVE : Role.ACTIVE;
    Optional<Long> ttl = spec.optional("minimumTtl", value -> value.number(1, 254));
    Optional<BfdSignature> signature = spec.filled(AUTHENTICATION, BfdMapping::signature);
    return document.define(
        () ->
            new BfdProfile(
                new BfdProfileName(document.name()),
                document.context().definition(),
                receive,
                transmit,
                multiplier.map(Long::intValue).orElse(BfdProfile.DEFAULT_DETECT_MULTIPLIER),
                echo,
                echoInterval,
                role,
                ttl.map(Long::intValue).orElse(BfdProfile.DEFAULT_MINIMUM_TTL),
                signature));
  }

  private static Optional<BfdSignature> signature(Value value) {
    return value
        .fields()
        .flatMap(
            fields -> {
              Optional<Kind> kind =
                  fields.required("type", type -> type.oneOf(List.of(Kind.values()), Kind::text));
              Optional<Long> keyId = fields.required("keyID", id -> id.number(0, MAX_KEY_ID));
              Optional<PasswordSource> key = PeerIdentity.key(fields, value);
              fields.refuseOthers();
              return kind.isPresent() && keyId.isPresent() && key.isPresent()
                  ? Optional.of(new BfdSignature(kind.get(), keyId.get().intValue(), key.get()))
                  : Optional.empty();
            });
  }

  private static Optional<Boolean> echo(Value value) {
    Optional<Boolean> asked = value.truthValue();
    asked.ifPresent(value::remember);
    return asked;
  }

  private static Optional<Duration> interval(Fields spec, String name) {
    return spec.optional(name, value -> value.number(SHORTEST, LONGEST)).map(Duration::ofMillis);
  }
}
