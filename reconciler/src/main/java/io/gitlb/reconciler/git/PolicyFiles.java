// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.trust.AllowedSigners;
import io.gitlb.reconciler.trust.Fault;
import io.gitlb.reconciler.trust.KeyId;
import io.gitlb.reconciler.trust.PolicyDocument;
import io.gitlb.reconciler.trust.Signer;
import io.gitlb.reconciler.trust.TrustPolicy;
import io.gitlb.schema.model.ConfigFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Reads the trust policy and the files of keys that it names.
public final class PolicyFiles {

  /// Nobody's keys need more; a larger file is a mistake.
  private static final int MAX_BYTES = 1024 * 1024;

  private final Path file;
  private final MessageDigest digest;
  private final List<Fault> faults = new ArrayList<>();
  private final List<Signer> signers = new ArrayList<>();
  private final SortedSet<KeyId> revoked = new TreeSet<>();
  private GpgKeys gpg = GpgKeys.none();

  private PolicyFiles(Path file) {
    this.file = file;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// What the files hold.
  sealed interface Loading {

    /// A policy.
    ///
    /// @param gpg its GPG keys
    /// @param digest of all files, to see a change
    record Loaded(TrustPolicy policy, GpgKeys gpg, String digest) implements Loading {}

    /// None.
    ///
    /// @param failures at least one
    /// @param digest of what could be read
    record Faulty(List<Failure> failures, String digest) implements Loading {}
  }

  /// What is wrong with a policy and its files; empty when nothing is.
  public static List<Failure> problems(Path file) {
    return switch (load(file)) {
      case Loading.Loaded _ -> List.of();
      case Loading.Faulty(List<Failure> failures, String _) -> failures;
    };
  }

  /// Reads everything anew.
  static Loading load(Path file) {
    return new PolicyFiles(file).load();
  }

  private Loading load() {
    try {
      String text = new String(bytes(file), StandardCharsets.UTF_8);
      PolicyDocument.Reading reading = PolicyDocument.read(new ConfigFile(file.toString(), text));
      faults.addAll(reading.faults());
      if (reading.document().isPresent()) {
        PolicyDocument document = reading.document().get();
        readKeys(document);
        TrustPolicy policy = document.with(signers, revoked, faults);
        if (faults.isEmpty()) {
          return new Loading.Loaded(policy, gpg, digest());
        }
      }
    } catch (IOException e) {
      return new Loading.Faulty(List.of(fault(file + ": " + why(e))), digest());
    }
    return new Loading.Faulty(
        faults.stream().map(Fault::toString).map(PolicyFiles::fault).toList(), digest());
  }

  private static Failure fault(String message) {
    return GitFailure.TRUST_POLICY.with("trust policy " + message);
  }

  private String digest() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private void readKeys(PolicyDocument document) {
    for (PolicyDocument.Named named : document.allowedSigners()) {
      AllowedSigners.Content content = AllowedSigners.read(named.text(), text(named));
      signers.addAll(content.signers());
      faults.addAll(content.faults());
    }
    for (PolicyDocument.Named named : document.gpgKeys()) {
      readGpg(named);
    }
    for (PolicyDocument.Named named : document.revokedKeys()) {
      AllowedSigners.Revoked content = AllowedSigners.revoked(named.text(), text(named));
      revoked.addAll(content.keys());
      faults.addAll(content.faults());
    }
  }

  private void readGpg(PolicyDocument.Named named) {
    try {
      GpgKeys found = GpgKeys.read(bytes(resolve(named)));
      gpg = gpg.and(found);
      signers.addAll(found.signers());
    } catch (IOException e) {
      unreadable(named, e);
    }
  }

  /// Empty when it cannot be read, which is then a fault.
  private String text(PolicyDocument.Named named) {
    try {
      return new String(bytes(resolve(named)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      unreadable(named, e);
      return "";
    }
  }

  private Path resolve(PolicyDocument.Named named) throws IOException {
    try {
      return file.toAbsolutePath().resolveSibling(named.text());
    } catch (InvalidPathException e) {
      throw new IOException("not the name of a file", e);
    }
  }

  private void unreadable(PolicyDocument.Named named, IOException thrown) {
    faults.add(
        new Fault(named.place(), "%s cannot be read (%s)".formatted(named.text(), why(thrown))));
  }

  private static String why(IOException thrown) {
    return thrown.getClass().equals(IOException.class)
        ? String.valueOf(thrown.getMessage())
        : thrown.getClass().getSimpleName();
  }

  private byte[] bytes(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException("larger than %d bytes".formatted(MAX_BYTES));
    }
    byte[] bytes = Files.readAllBytes(path);
    digest.update(bytes);
    return bytes;
  }
}
