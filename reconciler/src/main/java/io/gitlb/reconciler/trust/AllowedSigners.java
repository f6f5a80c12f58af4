// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import io.gitlb.schema.model.SourcePlace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads OpenSSH's allowed signers files (`ssh-keygen(1)`, section ALLOWED SIGNERS): principals,
/// options, key, one a line. Principals serve as the key's names.
///
/// Certificate authorities are refused. Dates without a `Z` are UTC all the same. A line for other
/// namespaces than `git` is passed over.
public final class AllowedSigners {

  /// Principals, options, key type, key; what follows is a comment.
  private static final Pattern LINE =
      Pattern.compile(
          "(\\S+)\\s+(?:((?:[A-Za-z-]+(?:=\"[^\"]*\"|=[^\\s,\"]*)?[,\\s])+)\\s*)?"
              + "((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)\\s+([A-Za-z0-9+/=]+)(?:\\s.*)?");

  private static final Pattern OPTION =
      Pattern.compile("([A-Za-z-]+)(?:=\"([^\"]*)\"|=([^\\s,\"]*))?");

  private static final Pattern BARE_KEY =
      Pattern.compile("((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)\\s+([A-Za-z0-9+/=]+)(?:\\s.*)?");

  private static final String NAMESPACE = "git";

  private AllowedSigners() {}

  /// What a file holds.
  ///
  /// @param signers in the order of the file
  /// @param faults in the order of the file
  public record Content(List<Signer> signers, List<Fault> faults) {

    public Content {
      signers = List.copyOf(signers);
      faults = List.copyOf(faults);
    }
  }

  /// What a line is refused for.
  private static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    private final String why;

    Refused(String why) {
      super(why);
      this.why = why;
    }
  }

  /// Reads a whole file.
  ///
  /// @param name what to call it
  public static Content read(String name, String text) {
    List<Signer> signers = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          signer(line).ifPresent(signers::add);
        } catch (Refused e) {
          faults.add(new Fault(new SourcePlace(name, number, 1), e.why));
        }
      }
    }
    return new Content(signers, faults);
  }

  private static Optional<Signer> signer(String line) throws Refused {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new Refused(
          "not a line of an allowed signers file; it is: names (with commas), options if any, key"
              + " type, key, as in anna@example.org ssh-ed25519 AAAA…");
    }
    Optional<Instant> after = Optional.empty();
    Optional<Instant> before = Optional.empty();
    boolean forGit = true;
    Matcher option = OPTION.matcher(parts.group(2) == null ? "" : parts.group(2));
    while (option.find()) {
      String value = option.group(2) == null ? option.group(3) : option.group(2);
      switch (option.group(1).toLowerCase(Locale.ROOT)) {
        case "valid-after" -> after = Optional.of(date(value));
        case "valid-before" -> before = Optional.of(date(value));
        case "namespaces" -> forGit = isForGit(value);
        case "cert-authority" ->
            throw new Refused(
                "certificate authorities are not supported; list the keys themselves");
        default ->
            throw new Refused(
                "unknown option '%s'; allowed are namespaces, valid-after, valid-before"
                    .formatted(option.group(1)));
      }
    }
    Signer signer =
        new Signer(
            new KeyId(KeyId.Kind.SSH, fingerprint(parts.group(3), parts.group(4))),
            new TreeSet<>(Arrays.asList(parts.group(1).split(","))),
            after,
            before);
    return forGit ? Optional.of(signer) : Optional.empty();
  }

  private static boolean isForGit(String namespaces) {
    return Arrays.stream(namespaces.split(","))
        .anyMatch(namespace -> Globs.name(namespace.strip()).matcher(NAMESPACE).matches());
  }

  /// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with or without `Z`.
  private static Instant date(String text) throws Refused {
    String digits = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
    if (digits.matches("[0-9]{8}|[0-9]{12}|[0-9]{14}")) {
      try {
        return LocalDateTime.parse(
                digits + "000000".substring(digits.length() - 8),
                DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT))
            .toInstant(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        // Not a day that there is.
      }
    }
    throw new Refused("'%s' is not a date as in 20260131Z or 202601312359Z".formatted(text));
  }

  /// A file of keys that count no more: fingerprints (`SHA256:…`, or a GPG key's in hexadecimal
  /// digits) or SSH public keys, one a line.
  ///
  /// @param name what to call it
  public static Revoked revoked(String name, String text) {
    TreeSet<KeyId> keys = new TreeSet<>();
    List<Fault> faults = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          keys.add(key(line));
        } catch (Refused e) {
          faults.add(new Fault(new SourcePlace(name, number, 1), e.why));
        }
      }
    }
    return new Revoked(keys, faults);
  }

  /// Keys that count no more.
  public record Revoked(SortedSet<KeyId> keys, List<Fault> faults) {

    public Revoked {
      keys = new TreeSet<>(keys);
      faults = List.copyOf(faults);
    }
  }

  private static KeyId key(String line) throws Refused {
    Matcher bare = BARE_KEY.matcher(line);
    if (bare.matches()) {
      return new KeyId(KeyId.Kind.SSH, fingerprint(bare.group(1), bare.group(2)));
    }
    String first = line.split("\\s+#", 2)[0].strip();
    if (first.matches("SHA256:[A-Za-z0-9+/]{43}")) {
      return new KeyId(KeyId.Kind.SSH, first);
    }
    String hex = first.replace(" ", "").toUpperCase(Locale.ROOT);
    if (hex.matches("[0-9A-F]{40}|[0-9A-F]{64}")) {
      return new KeyId(KeyId.Kind.GPG, hex);
    }
    throw new Refused(
        "neither a fingerprint (SHA256:… of an SSH key, 40 or 64 hexadecimal digits of a GPG key)"
            + " nor an SSH public key");
  }

  /// As `ssh-keygen -l` prints it: of the key's blob, which names the type once more.
  private static String fingerprint(String type, String base64) throws Refused {
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new Refused("the key is not base64 text");
    }
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    boolean named =
        blob.length > name.length + 4
            && blob[3] == name.length
            && Arrays.equals(name, Arrays.copyOfRange(blob, 4, 4 + name.length));
    if (!named) {
      throw new Refused("the key is not of type " + type + ", or not whole");
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
