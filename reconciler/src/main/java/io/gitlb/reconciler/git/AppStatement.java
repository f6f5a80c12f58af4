// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.http.PrivateKeyFile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/// Says who an App is, signed with its key: a JSON Web Token (RFC 7519) by RS256 (RFC 7518 section
/// 3.3), as GitHub wants it.
final class AppStatement {

  /// GitHub takes at most ten minutes.
  private static final Duration LIFE = Duration.ofMinutes(9);

  /// Our clock may be ahead of GitHub's.
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final String HEADER = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";

  private AppStatement() {}

  /// @throws GitProblemException when the key cannot be read or is no RSA key
  static String sign(GithubApp app, Instant now) throws GitProblemException {
    String claims =
        "{\"iat\":%d,\"exp\":%d,\"iss\":\"%s\"}"
            .formatted(now.minus(SKEW).getEpochSecond(), now.plus(LIFE).getEpochSecond(), app.id());
    String content = encode(bytes(HEADER)) + "." + encode(bytes(claims));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key(app));
      signature.update(bytes(content));
      return content + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw unusable(app, "holds no RSA key");
    }
  }

  private static PrivateKey key(GithubApp app) throws GitProblemException {
    return switch (PrivateKeyFile.read(app.keyFile())) {
      case PrivateKeyFile.Read.Usable(PrivateKey key) -> key;
      case PrivateKeyFile.Read.Unusable(String message) ->
          throw new GitProblemException(GitFailure.BAD_SETTINGS, message);
    };
  }

  private static GitProblemException unusable(GithubApp app, String why) {
    return new GitProblemException(
        GitFailure.BAD_SETTINGS,
        "the key file %s of the GitHub App %s".formatted(app.keyFile(), why));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String encode(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }
}
