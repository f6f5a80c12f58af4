// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.trust.KeyId;
import io.gitlb.reconciler.trust.SignatureCheck;
import io.gitlb.reconciler.trust.Signer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.OpenPGPKeyReader;
import org.bouncycastle.openpgp.api.OpenPGPSignature.OpenPGPDocumentSignature;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/// GPG keys that were given to us, and signatures that they made. No key ring of a user is looked
/// at, which is why JGit's verifier is not used: it knows no other keys.
///
/// Bouncy Castle decides whether a key could sign at the time of the signature: bound to its
/// primary key, made for signing, neither expired nor revoked; weak hashes do not count.
final class GpgKeys {

  private static final Pattern MAIL = Pattern.compile("<([^<>\\s]+@[^<>\\s]+)>\\s*$");

  private final List<OpenPGPCertificate> certificates;

  private GpgKeys(List<OpenPGPCertificate> certificates) {
    this.certificates = List.copyOf(certificates);
  }

  static GpgKeys none() {
    return new GpgKeys(List.of());
  }

  /// Reads armored public keys.
  ///
  /// @throws IOException when there is none, or one that cannot be read
  static GpgKeys read(byte[] armored) throws IOException {
    try {
      List<OpenPGPCertificate> found = new OpenPGPKeyReader().parseCertificates(armored);
      if (found.isEmpty()) {
        throw new IOException("there is no public key in it");
      }
      return new GpgKeys(found);
    } catch (RuntimeException e) {
      // What a file holds may be anything.
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  GpgKeys and(GpgKeys more) {
    List<OpenPGPCertificate> all = new ArrayList<>(certificates);
    all.addAll(more.certificates);
    return new GpgKeys(all);
  }

  /// The keys as the policy knows them.
  List<Signer> signers() {
    return certificates.stream()
        .map(
            certificate ->
                new Signer(id(certificate), mails(certificate), Optional.empty(), Optional.empty()))
        .toList();
  }

  private static KeyId id(OpenPGPCertificate certificate) {
    return new KeyId(
        KeyId.Kind.GPG, HexFormat.of().withUpperCase().formatHex(certificate.getFingerprint()));
  }

  /// Of user ids that the key itself vouches for.
  private static SortedSet<String> mails(OpenPGPCertificate certificate) {
    SortedSet<String> mails = new TreeSet<>();
    PGPPublicKey primary = certificate.getPrimaryKey().getPGPPublicKey();
    Iterator<String> ids = primary.getUserIDs();
    while (ids.hasNext()) {
      String id = ids.next();
      Matcher mail = MAIL.matcher(id);
      if (mail.find() && isOwn(primary, id)) {
        mails.add(mail.group(1));
      }
    }
    return mails;
  }

  private static boolean isOwn(PGPPublicKey primary, String id) {
    Iterator<PGPSignature> signatures = primary.getSignaturesForID(id);
    while (signatures.hasNext()) {
      PGPSignature signature = signatures.next();
      try {
        if (signature.isCertification() && signature.getKeyID() == primary.getKeyID()) {
          signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
          if (signature.verifyCertification(id, primary)) {
            return true;
          }
        }
      } catch (PGPException e) {
        // Of a kind that is not known: it proves nothing.
      }
    }
    return false;
  }

  /// Looks which key made a signature.
  SignatureCheck check(CommitSignature commit) {
    try {
      PGPSignature signature = parse(commit.text());
      for (OpenPGPCertificate certificate : certificates) {
        OpenPGPComponentKey key = certificate.getSigningKeyFor(signature);
        if (key != null) {
          return check(commit, signature, certificate, key);
        }
      }
      return new SignatureCheck.UnknownKey(
          "is signed by the GPG key with the id %016X".formatted(signature.getKeyID()));
    } catch (IOException | PGPException | RuntimeException e) {
      // What somebody pushed as a signature may be anything.
      return new SignatureCheck.Wrong(
          "it cannot be read (%s)".formatted(OneLine.of(String.valueOf(e.getMessage()))));
    }
  }

  private static PGPSignature parse(byte[] armored) throws IOException {
    BcPGPObjectFactory objects =
        new BcPGPObjectFactory(PGPUtil.getDecoderStream(new ByteArrayInputStream(armored)));
    if (objects.nextObject() instanceof PGPSignatureList list && list.size() == 1) {
      return list.get(0);
    }
    throw new IOException("not one signature");
  }

  private static SignatureCheck check(
      CommitSignature commit,
      PGPSignature signature,
      OpenPGPCertificate certificate,
      OpenPGPComponentKey key)
      throws PGPException {
    if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
      return new SignatureCheck.Wrong("it is none of a document");
    }
    signature.init(new BcPGPContentVerifierBuilderProvider(), key.getPGPPublicKey());
    signature.update(commit.signed());
    OpenPGPDocumentSignature document = new OpenPGPDocumentSignature(signature, key);
    if (!document.verify()) {
      return new SignatureCheck.Wrong("it was not made over this commit");
    }
    String who = "is signed by %s".formatted(id(certificate));
    if (!document.isValid()) {
      return new SignatureCheck.UnusableKey(
          who + ", which was revoked, expired or not made for signing at that time");
    }
    return new SignatureCheck.Made(id(certificate));
  }
}
