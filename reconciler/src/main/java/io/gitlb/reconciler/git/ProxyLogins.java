// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Answers proxies that ask for a login. JGit gives no way to do that for one connection, so this
/// is the JVM's one authenticator; it knows the proxies that were named to it, and answers nobody
/// else: a server that asks gets nothing.
final class ProxyLogins extends Authenticator {

  private static final ProxyLogins INSTANCE = new ProxyLogins();

  // host:port → login (1:1)
  private final Map<String, ProxyRoute.Login> logins = new ConcurrentHashMap<>();

  private ProxyLogins() {}

  /// Makes the JVM use it. Basic authentication at a proxy is off by default for https, because the
  /// proxy gets to see the password in the clear; whoever gives us one for it wants just that. The
  /// JDK reads the property once, when its first connection is made.
  static synchronized void install() {
    if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }
    Authenticator.setDefault(INSTANCE);
  }

  static ProxyLogins instance() {
    return INSTANCE;
  }

  /// From now on this proxy gets its login; one without gets none.
  static void remember(ProxyRoute route) {
    route
        .login()
        .ifPresentOrElse(
            login -> INSTANCE.logins.put(key(route.host(), route.port()), login),
            () -> INSTANCE.logins.remove(key(route.host(), route.port())));
  }

  @Override
  protected @Nullable PasswordAuthentication getPasswordAuthentication() {
    if (getRequestorType() != RequestorType.PROXY) {
      return null;
    }
    ProxyRoute.Login login = logins.get(key(getRequestingHost(), getRequestingPort()));
    return login == null
        ? null
        : new PasswordAuthentication(login.user(), login.password().toCharArray());
  }

  private static String key(String host, int port) {
    return host.toLowerCase(Locale.ROOT) + ":" + port;
  }
}
