// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.net.URI;
import java.nio.file.Path;

/// An App of GitHub, which has a key of its own in place of somebody's password.
///
/// @param id the App's id or client id
/// @param installation the number of its installation in the organization that has the repository
/// @param keyFile its private key, PEM, as GitHub gives it
/// @param api where tokens are had: `https://api.github.com`, or `https://HOST/api/v3`
public record GithubApp(String id, String installation, Path keyFile, URI api) {

  /// GitHub's own.
  public static final URI PUBLIC_API = URI.create("https://api.github.com");
}
