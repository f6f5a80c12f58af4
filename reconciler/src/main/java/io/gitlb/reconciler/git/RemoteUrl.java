// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.transport.URIish;

/// A repository's URL, taken apart: what goes over the wire, what people may see, and a password
/// that somebody put into it. Its text form never has user information.
sealed interface RemoteUrl {

  /// On this machine.
  ///
  /// @param path absolute
  record Local(Path path) implements RemoteUrl {

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /// `ssh://` or `user@host:path`.
  ///
  /// @param uri with the user, without a password
  record Ssh(URIish uri) implements RemoteUrl {

    @Override
    public String toString() {
      return uri.setUser(null).toString();
    }
  }

  /// `http://` or `https://`.
  ///
  /// @param uri without user information
  /// @param user from the URL
  /// @param password from the URL
  record Http(URIish uri, Optional<String> user, Optional<String> password) implements RemoteUrl {

    /// Scheme, host and port alone.
    URI server() {
      String host = uri.getHost().contains(":") ? "[" + uri.getHost() + "]" : uri.getHost();
      return URI.create(
          uri.getScheme() + "://" + host + (uri.getPort() > 0 ? ":" + uri.getPort() : ""));
    }

    @Override
    public String toString() {
      return OneLine.of(uri.toString());
    }
  }

  /// Nothing that can be used.
  record Unusable(Failure failure) implements RemoteUrl {

    @Override
    public String toString() {
      return "(unusable URL)";
    }
  }

  /// Takes a URL apart.
  static RemoteUrl parse(String text) {
    try {
      URIish uri = new URIish(text);
      Optional<String> scheme = Optional.ofNullable(uri.getScheme());
      return switch (scheme.orElse("").toLowerCase(Locale.ROOT)) {
        case "" -> uri.getHost() == null ? local(text, uri) : ssh(text, uri);
        case "file" -> local(text, uri);
        case "ssh", "git+ssh", "ssh+git" -> ssh(text, uri);
        case "http", "https" -> http(text, uri);
        default -> unusable(text, "the scheme is not supported");
      };
    } catch (URISyntaxException e) {
      return unusable(text, "it is not a URL");
    }
  }

  private static RemoteUrl local(String text, URIish uri) {
    try {
      return uri.getPath() == null || uri.getPath().isEmpty()
          ? unusable(text, "it has no path")
          : new Local(Path.of(uri.getPath()).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      return unusable(text, "it is not a path");
    }
  }

  private static RemoteUrl ssh(String text, URIish uri) {
    return uri.getHost() == null ? unusable(text, "it has no host") : new Ssh(uri.setPass(null));
  }

  private static RemoteUrl http(String text, URIish uri) {
    if (uri.getHost() == null) {
      return unusable(text, "it has no host");
    }
    return new Http(
        uri.setUser(null).setPass(null),
        Optional.ofNullable(uri.getUser()),
        Optional.ofNullable(uri.getPass()));
  }

  private static Unusable unusable(String text, String why) {
    return new Unusable(
        GitFailure.BAD_URL.with(
            "'%s' cannot be used as a repository: %s. Allowed are a path, file://, ssh://, user@host:path, http:// and https://"
                .formatted(text, why)));
  }
}
