// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// By which proxy http(s) goes; SSH takes none.
public sealed interface ProxyChoice {

  /// What the JVM was started with, mostly none.
  ProxyChoice NONE = new FromEnvironment(Map.of());

  /// As other programs do: `HTTPS_PROXY` or `HTTP_PROXY` by the scheme of the URL, else
  /// `ALL_PROXY`, but for hosts that `NO_PROXY` lists; capitals or not.
  ///
  /// @param variables name in capitals → value, of those above; may hold a password
  record FromEnvironment(SortedMap<String, String> variables) implements ProxyChoice {

    public FromEnvironment {
      variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    }

    FromEnvironment(Map<String, String> variables) {
      this(new TreeMap<>(variables));
    }

    /// Their names only.
    @Override
    public String toString() {
      return "FromEnvironment" + variables.keySet();
    }
  }

  /// Straight to the server, whatever the environment says.
  record Direct() implements ProxyChoice {}

  /// By this one, always.
  ///
  /// @param url `http://HOST:PORT`, without user and password
  /// @param loginFile holds `user:password` for it
  record Via(URI url, Optional<Path> loginFile) implements ProxyChoice {}
}
