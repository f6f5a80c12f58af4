// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.trust.KeyId;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Who the ledger's commits are from.
///
/// @param name not empty, without angle brackets and line breaks
/// @param email likewise
/// @param signingKey an OpenSSH private key without a passphrase; empty: commits are not signed
/// @param knownKeys the keys whose signatures were ours at the start
public record BotIdentity(
    String name, String email, Optional<Path> signingKey, SortedSet<KeyId> knownKeys) {

  private static final Pattern USABLE = Pattern.compile("[^<>\\p{Cntrl}]+");

  public BotIdentity {
    if (!USABLE.matcher(name).matches() || !USABLE.matcher(email).matches()) {
      throw new IllegalArgumentException(
          "not the identity of a committer: %s <%s>".formatted(name, email));
    }
    knownKeys = Collections.unmodifiableSortedSet(new TreeSet<>(knownKeys));
  }

  /// The usual one, with an address that can belong to nobody (RFC 2606 section 2); it does not
  /// sign.
  public static BotIdentity of(ClusterName cluster) {
    return new BotIdentity(
        "gitlb", "gitlb@" + cluster + ".invalid", Optional.empty(), Collections.emptySortedSet());
  }

  /// Whether a key can sign.
  public sealed interface Signing {

    /// It can.
    ///
    /// @param bot signs with it
    record Ready(BotIdentity bot) implements Signing {}

    /// It cannot.
    record Unusable(Failure failure) implements Signing {}
  }

  /// The same, signing its commits with a key.
  ///
  /// @param key an OpenSSH private key without a passphrase
  public Signing signing(Path key) {
    try {
      SortedSet<KeyId> keys = new TreeSet<>(knownKeys);
      keys.add(SshSignatures.identify(key));
      return new Signing.Ready(new BotIdentity(name, email, Optional.of(key), keys));
    } catch (IOException e) {
      return new Signing.Unusable(
          GitFailure.SIGNING_KEY.with(
              "the ledger's signing key %s cannot be used (%s). It must be an OpenSSH private key without a passphrase, as ssh-keygen -t ed25519 -N '' makes it"
                  .formatted(key, e.getMessage())));
    }
  }

  /// The keys whose signatures are ours, with that of the key file as it is now: it may be replaced
  /// while we run.
  SortedSet<KeyId> keys() {
    SortedSet<KeyId> keys = new TreeSet<>(knownKeys);
    if (signingKey.isPresent()) {
      try {
        keys.add(SshSignatures.identify(signingKey.get()));
      } catch (IOException e) {
        // The next commit says so.
      }
    }
    return keys;
  }
}
