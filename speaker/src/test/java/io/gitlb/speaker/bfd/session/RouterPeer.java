// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.SessionTimers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One session with a real router as a process of its own: `INTERFACE|- LOCAL|- REMOTE TYPE|-
/// PASSWORD [MULTIPLIER]`; without an interface it is one over several hops. Prints each change as
/// `STATE DIAGNOSTIC`, a failure as `LOST`, and every second what was refused as `DROPS COUNTS`.
final class RouterPeer {

  private static final Duration PACE = Duration.ofMillis(100);

  private RouterPeer() {}

  private static Optional<Authentication> authentication(String[] arguments) {
    if (arguments[3].equals("-")) {
      return Optional.empty();
    }
    byte[] secret = arguments[4].getBytes(StandardCharsets.US_ASCII);
    return Optional.of(
        new Authentication(
            AuthenticationType.valueOf(arguments[3]), List.of(new AuthenticationKey(1, secret))));
  }

  static void main(String[] arguments) throws Exception {
    boolean onLink = !arguments[0].equals("-");
    RouterPath path =
        new RouterPath(
            IpAddress.of(arguments[2]),
            onLink ? arguments[0] : "",
            Optional.of(arguments[1]).filter(own -> !own.equals("-")).map(IpAddress::of),
            onLink ? Hops.SINGLE : Hops.MULTIPLE);
    int multiplier = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 3;
    RouterTerms terms =
        new RouterTerms(
            SessionTimers.forRouter(PACE, PACE, multiplier),
            Role.ACTIVE,
            authentication(arguments),
            254);
    try (RouterSessions sessions = RouterSessions.open(new Printer())) {
      sessions.apply(new TreeMap<>(Map.of(path, terms)));
      while (true) {
        Thread.sleep(1_000);
        System.out.println("DROPS " + sessions.drops());
      }
    }
  }

  private static final class Printer implements RouterListener {

    @Override
    public void changed(RouterPath path, SessionState state, Diagnostic diagnostic) {
      System.out.println(state + " " + diagnostic);
    }

    @Override
    public void lost(RouterPath path) {
      System.out.println("LOST");
    }
  }
}
