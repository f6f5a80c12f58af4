// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.ProblemCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the versions of BGPPeer differ in. `v1beta1` has fewer fields, and in it 0 is how MetalLB
/// writes that a port or a timer is not set.
final class PeerVersions {

  /// What `metallb.io/v1beta1` lacks.
  private static final List<String> LATER =
      List.of(
          "connectTime",
          "disableMP",
          "dualStackAddressFamily",
          "dynamicASN",
          "enableGracefulRestart",
          "interface",
          "localASN",
          "passwordSecret",
          "vrf");

  private PeerVersions() {}

  /// To be called before any field is read.
  static void restrict(Document document) {
    if (isFirst(document)) {
      document.spec().onlyIn(ApiVersion.METALLB_V1BETA2, LATER);
    }
    if (document.version() != ApiVersion.GITLB_V1) {
      document
          .spec()
          .onlyIn(
              ApiVersion.GITLB_V1,
              List.of("bfdWithGracefulRestart", "passive", "passwordFile", "ttlSecurity"));
    }
  }

  private static boolean isFirst(Document document) {
    return document.version() == ApiVersion.METALLB_V1BETA1;
  }

  /// Empty when it is not set.
  static Optional<Long> port(Document document) {
    int least = isFirst(document) ? 0 : 1;
    return document
        .spec()
        .optional("peerPort", value -> value.number(least, 65_535))
        .filter(port -> port != 0);
  }

  /// Empty when it is not set. Where a `v1beta1` says nothing MetalLB fills in 0, and its API
  /// server then shows that in `v1beta2`: no hold timer, which nobody wants who did not write it.
  static Optional<Duration> holdTime(Document document) {
    Optional<Duration> time = document.spec().optional("holdTime", Durations::timer);
    if (document.version() != ApiVersion.GITLB_V1 && time.equals(Optional.of(Duration.ZERO))) {
      document.note(
          ProblemCode.NO_HOLD_TIMER,
          "holdTime",
          "is 0: without BFD a dead peer goes unnoticed; remove it for the default of %d s, or write it in gitlb.io/v1"
              .formatted(BgpPeer.DEFAULT_HOLD_TIME.toSeconds()));
    }
    return time;
  }

  /// Empty when it is not set.
  static Optional<Duration> keepaliveTime(Document document) {
    return document
        .spec()
        .optional("keepaliveTime", Durations::timer)
        .filter(time -> !(isFirst(document) && time.isZero()));
  }

  /// Reads the field that does nothing, in MetalLB either.
  static void withoutEffect(Document document) {
    if (document.spec().isTrue("disableMP")) {
      document.note(
          ProblemCode.NO_EFFECT, "disableMP", "has no effect, here or in MetalLB; remove it");
    }
  }
}
