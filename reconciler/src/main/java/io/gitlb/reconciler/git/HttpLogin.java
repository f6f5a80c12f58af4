// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;

/// Answers JGit's questions for user and password, but only for the server that they belong to: a
/// redirect to somebody else gets nothing. Every other question, such as whether to trust a
/// certificate after all, is answered with no.
final class HttpLogin extends CredentialsProvider {

  /// What servers that look at the token only expect.
  private static final String ANY_USER = "git";

  private final URIish server;
  private final String user;
  private final Optional<String> password;
  private volatile boolean refused;

  /// @param password empty when there is none to offer
  HttpLogin(URIish server, Optional<String> user, Optional<String> password) {
    this.server = server;
    this.user = user.orElse(ANY_USER);
    this.password = password;
  }

  @Override
  public boolean isInteractive() {
    return false;
  }

  @Override
  public boolean supports(CredentialItem... items) {
    return Arrays.stream(items)
        .allMatch(
            item ->
                item instanceof CredentialItem.Username || item instanceof CredentialItem.Password);
  }

  @Override
  public boolean get(URIish uri, CredentialItem... items) {
    if (refused || password.isEmpty() || !supports(items) || !isServer(uri)) {
      return false;
    }
    for (CredentialItem item : items) {
      if (item instanceof CredentialItem.Username username) {
        username.setValue(user);
      } else if (item instanceof CredentialItem.Password secret) {
        secret.setValue(password.get().toCharArray());
      }
    }
    return true;
  }

  /// JGit calls this when the server did not like the answer. Asking again would only count as
  /// another failed attempt there.
  @Override
  public void reset(URIish uri) {
    refused = true;
  }

  /// Whether the server did not like the answer.
  boolean isRefused() {
    return refused;
  }

  private boolean isServer(URIish uri) {
    return Objects.equals(uri.getScheme(), server.getScheme())
        && Objects.equals(uri.getHost(), server.getHost())
        && uri.getPort() == server.getPort();
  }
}
