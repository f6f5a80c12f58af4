// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.BfdSettings.Signature;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.bfd.session.RouterTerms;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// How the paths to routers can be watched, given how they shall be. A path whose key is missing
/// keeps the signature that it had last; one that never had a key is not watched. Where this
/// process was away for longer than a router would wait, packets are promised at a pace that it can
/// hold.
///
/// Remembers the last good terms, so it has one owner.
final class RouterWishes {

  /// Small changes of the worst pause are none of the pace.
  private static final long STEP_MILLIS = 50;

  // path → its terms when they were last good (1:1)
  private final SortedMap<RouterPath, RouterTerms> lastGood = new TreeMap<>();

  // path → what people should know (1:1)
  private final SortedMap<RouterPath, String> remarks = new TreeMap<>();

  /// @param wanted all paths that are to be watched
  /// @param pause for how long this process is away now and then
  SortedMap<RouterPath, RouterTerms> terms(
      SortedMap<RouterPath, BfdSettings> wanted, Duration pause) {
    remarks.clear();
    lastGood.keySet().retainAll(wanted.keySet());
    wanted.forEach(
        (path, settings) -> {
          try {
            lastGood.put(path, terms(settings, pause, authentication(path, settings)));
            slowed(settings, pause).ifPresent(remark -> remarks.putIfAbsent(path, remark));
          } catch (IllegalArgumentException e) {
            remarks.put(path, "no key: " + e.getMessage());
          }
        });
    return new TreeMap<>(lastGood);
  }

  /// Path → what is to be said of it, for people.
  SortedMap<RouterPath, String> remarks() {
    return new TreeMap<>(remarks);
  }

  private Optional<Authentication> authentication(RouterPath path, BfdSettings settings) {
    try {
      return settings.signature().map(RouterWishes::authentication);
    } catch (IllegalArgumentException e) {
      Optional<Authentication> last =
          Optional.ofNullable(lastGood.get(path)).flatMap(RouterTerms::authentication);
      if (last.isEmpty()) {
        throw e;
      }
      remarks.put(path, "no key: " + e.getMessage() + "; goes on with the one that it had last");
      return last;
    }
  }

  private static RouterTerms terms(
      BfdSettings bfd, Duration pause, Optional<Authentication> authentication) {
    return new RouterTerms(
        SessionTimers.forRouter(
            transmitInterval(bfd, pause), bfd.receiveInterval(), bfd.detectMultiplier()),
        switch (bfd.role()) {
          case ACTIVE -> Role.ACTIVE;
          case PASSIVE -> Role.PASSIVE;
        },
        authentication,
        bfd.minimumTtl());
  }

  /// The router waits for the multiplier times this, and the last packet before a pause may be a
  /// whole interval old.
  private static Duration transmitInterval(BfdSettings bfd, Duration pause) {
    long intervals = Math.max(1, bfd.detectMultiplier() - 1);
    if (pause.compareTo(bfd.transmitInterval().multipliedBy(intervals)) <= 0) {
      return bfd.transmitInterval();
    }
    long least = Math.ceilDiv(Math.ceilDiv(pause.toMillis(), intervals), STEP_MILLIS) * STEP_MILLIS;
    return Duration.ofMillis(Math.max(least, bfd.transmitInterval().toMillis()));
  }

  private static Optional<String> slowed(BfdSettings bfd, Duration pause) {
    Duration held = transmitInterval(bfd, pause);
    return held.equals(bfd.transmitInterval())
        ? Optional.empty()
        : Optional.of(
            "sends every %d ms, not %d ms: this process was away for %d ms more than once in ten minutes"
                .formatted(held.toMillis(), bfd.transmitInterval().toMillis(), pause.toMillis()));
  }

  private static Authentication authentication(Signature signature) {
    byte[] key =
        switch (signature.key()) {
          case PeerPassword.InFile(String path) -> PasswordFiles.read(path).toBytes();
          case PeerPassword.Given(var given) -> given.toBytes();
          case PeerPassword.Missing(String why) -> throw new IllegalArgumentException(why);
        };
    AuthenticationType type = type(signature.kind());
    if (key.length > type.digestOctets()) {
      throw new IllegalArgumentException(
          "it has %d octets, with this type at most %d".formatted(key.length, type.digestOctets()));
    }
    return new Authentication(type, List.of(new AuthenticationKey(signature.keyId(), key)));
  }

  private static AuthenticationType type(BfdSettings.SignatureKind kind) {
    return switch (kind) {
      case KEYED_MD5 -> AuthenticationType.KEYED_MD5;
      case METICULOUS_KEYED_MD5 -> AuthenticationType.METICULOUS_MD5;
      case KEYED_SHA1 -> AuthenticationType.KEYED_SHA1;
      case METICULOUS_KEYED_SHA1 -> AuthenticationType.METICULOUS_SHA1;
    };
  }
}
