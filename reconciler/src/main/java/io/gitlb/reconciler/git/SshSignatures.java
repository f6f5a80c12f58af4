// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.trust.KeyId;
import io.gitlb.reconciler.trust.SignatureCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Iterator;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.eclipse.jgit.api.errors.CanceledException;
import org.eclipse.jgit.api.errors.UnsupportedSigningFormatException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SignatureVerifier;
import org.eclipse.jgit.signing.ssh.SigningKeyDatabase;
import org.eclipse.jgit.signing.ssh.SshSignatureVerifierFactory;
import org.eclipse.jgit.signing.ssh.SshSignerFactory;
import org.eclipse.jgit.signing.ssh.VerificationException;

/// Makes and checks SSH signatures (OpenSSH's `PROTOCOL.sshsig`, namespace `git`) by JGit, without
/// any configuration of a user.
///
/// JGit would decide by an allowed signers file whether a key may sign, and does not read every key
/// type there (only those whose name begins with `ssh-`). So it only does the mathematics here;
/// which key may do what is our policy's to say.
final class SshSignatures {

  private static final GpgConfig NO_CONFIG = new GpgConfig(new Config());

  private static final SignatureVerifier VERIFIER = verifier();

  private SshSignatures() {}

  private static SignatureVerifier verifier() {
    SigningKeyDatabase.setInstance(new AnyKey());
    return new SshSignatureVerifierFactory().create();
  }

  /// Looks which key made a signature.
  static SignatureCheck check(Repository repository, CommitSignature signature) {
    try {
      SignatureVerifier.SignatureVerification found =
          VERIFIER.verify(repository, NO_CONFIG, signature.signed(), signature.text());
      return found.verified()
          ? new SignatureCheck.Made(new KeyId(KeyId.Kind.SSH, found.keyFingerprint()))
          : new SignatureCheck.Wrong(
              Optional.ofNullable(found.message())
                  .map(OneLine::of)
                  .orElse("it was not made over this commit"));
    } catch (IOException | RuntimeException e) {
      // What somebody pushed as a signature may be anything.
      return new SignatureCheck.Wrong("it cannot be read (%s)".formatted(OneLine.of(text(e))));
    }
  }

  private static String text(Exception thrown) {
    return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }

  /// Signs a commit that is complete but for that.
  ///
  /// @param key an OpenSSH private key without a passphrase; read anew, so that it may be replaced
  static void sign(Repository repository, CommitBuilder commit, PersonIdent bot, Path key)
      throws GitProblemException {
    try {
      new SshSignerFactory()
          .create()
          .signObject(repository, NO_CONFIG, commit, bot, key.toAbsolutePath().toString(), null);
    } catch (IOException
        | CanceledException
        | UnsupportedSigningFormatException
        | RuntimeException e) {
      throw new GitProblemException(
          GitFailure.SIGNING_KEY,
          "the ledger's signing key %s cannot be used (%s)".formatted(key, text(e)));
    }
  }

  /// The fingerprint of a private key.
  static KeyId identify(Path key) throws IOException {
    try {
      Iterator<KeyPair> pairs =
          SecurityUtils.getKeyPairResourceParser().loadKeyPairs(null, key, null).iterator();
      if (pairs.hasNext()) {
        return new KeyId(KeyId.Kind.SSH, KeyUtils.getFingerPrint(pairs.next().getPublic()));
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException(text(e), e);
    }
    throw new IOException("there is no private key in it");
  }

  /// Lets every plain key pass; its fingerprint is in the answer. Certificates do not pass: nobody
  /// named the authority that made them.
  private static final class AnyKey implements SigningKeyDatabase {

    @Override
    public boolean isRevoked(Repository repository, GpgConfig config, PublicKey key) {
      return false;
    }

    @Override
    public String isAllowed(
        Repository repository, GpgConfig config, PublicKey key, String namespace, PersonIdent ident)
        throws VerificationException {
      if (key instanceof OpenSshCertificate) {
        throw new VerificationException(false, "it was made with an SSH certificate; use its key");
      }
      return KeyUtils.getFingerPrint(key);
    }
  }
}
