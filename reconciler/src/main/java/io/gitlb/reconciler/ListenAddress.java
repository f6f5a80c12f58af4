// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads where to listen, as in `127.0.0.1:8480` or `[::]:8480`.
final class ListenAddress {

  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):([0-9]{1,5})");

  private static final int HIGHEST_PORT = 65_535;

  private ListenAddress() {}

  /// Resolved here, so that a wrong name is one of the problems.
  ///
  /// @param option for the message
  static Optional<InetSocketAddress> parse(String option, String text, List<String> problems) {
    Matcher address = FORM.matcher(text);
    if (address.matches() && Integer.parseInt(address.group(2)) <= HIGHEST_PORT) {
      InetSocketAddress resolved =
          new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2)));
      if (!resolved.isUnresolved()) {
        return Optional.of(resolved);
      }
    }
    problems.add(option + " " + text + " is not HOST:PORT, as in 127.0.0.1:8480 or [::]:8480");
    return Optional.empty();
  }
}
