// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One entry of `NO_PROXY`.
final class NoProxyEntry {

  private static final Pattern WITH_PORT = Pattern.compile("(\\[[0-9a-f:]+]|[^:]+):([0-9]{1,5})");
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  private NoProxyEntry() {}

  /// @param entry in lower case, not empty
  static boolean covers(String entry, URI target) {
    Matcher withPort = WITH_PORT.matcher(entry);
    if (withPort.matches()) {
      return Integer.parseInt(withPort.group(2)) == port(target)
          && coversHost(withPort.group(1), bare(target.getHost()));
    }
    return coversHost(entry, bare(target.getHost()));
  }

  private static int port(URI target) {
    if (target.getPort() >= 0) {
      return target.getPort();
    }
    return "https".equalsIgnoreCase(target.getScheme()) ? HTTPS_PORT : HTTP_PORT;
  }

  private static String bare(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.startsWith("[") && lower.endsWith("]")
        ? lower.substring(1, lower.length() - 1)
        : lower;
  }

  private static boolean coversHost(String entry, String host) {
    if (entry.equals("*")) {
      return true;
    }
    Optional<IpAddress> address = IpAddress.parse(host);
    if (address.isPresent()) {
      return IpAddress.parse(bare(entry)).equals(address)
          || IpPrefix.parse(entry).filter(prefix -> prefix.contains(address.get())).isPresent();
    }
    String suffix = entry.startsWith("*.") ? entry.substring(1) : entry;
    return host.equals(suffix.startsWith(".") ? suffix.substring(1) : suffix)
        || host.endsWith(suffix.startsWith(".") ? suffix : "." + suffix);
  }
}
