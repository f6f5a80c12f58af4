// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Members;
import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JacksonException;

/// The protocol's values as JSON octets and back.
///
/// **Canonical form.** What is written has a fixed order of members, no white space, sorted lists,
/// durations and instants as ISO 8601 text, and leaves out what is empty. So the same state gives
/// the same octets in every process.
///
/// A list of eight peers or more is written out where it comes first, with a number, and is that
/// number from then on.
///
/// **Digest.** A desired state travels as `{"digest":"…","desired":{…}}`. The digest is the SHA-256
/// of exactly the octets of the object `desired`. So the receiver checks what it received, not what
/// it would have written itself, and a newer sender's unknown members do no harm. A delta travels
/// as `{"digest":"…","delta":{…}}` likewise, names the digest of the state that it starts from, and
/// its own digest is that of the state that it leads to: both sides know it at the cost of the
/// delta, and it vouches for everything that the state came from.
///
/// **Reading.** Unknown members are skipped, so that speakers and reconcilers can be upgraded one
/// after another. `format` comes first, and an unknown one is refused. Sizes and depth are bounded.
/// Whatever the octets are, reading them ends in a [Decoded], never in an exception.
public final class ProtocolCodec {

  /// The largest document that is read: 65,536 announcements with their records and routes are 32
  /// MiB.
  public static final int MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

  private ProtocolCodec() {}

  /// The document of a desired state, digest and all.
  public static byte[] encode(DesiredState state) {
    return sealed("desired", DesiredJson.write(state));
  }

  /// The document of a delta, digest and all.
  public static byte[] encode(DesiredDelta delta) {
    return sealed("delta", DesiredJson.write(delta));
  }

  private static byte[] sealed(String name, byte[] content) {
    ByteArrayOutputStream document = new ByteArrayOutputStream(content.length + 128);
    String digest = sha256(content, 0, content.length);
    String opening = "{\"digest\":\"" + digest + "\",\"" + name + "\":";
    document.writeBytes(opening.getBytes(StandardCharsets.US_ASCII));
    document.writeBytes(content);
    document.write('}');
    return document.toByteArray();
  }

  /// SHA-256 of the state's canonical JSON, 64 lower-case hexadecimal digits.
  public static String digest(DesiredState state) {
    byte[] desired = DesiredJson.write(state);
    return sha256(desired, 0, desired.length);
  }

  /// The digest of the state that a delta leads to, 64 lower-case hexadecimal digits.
  public static String digest(DesiredDelta delta) {
    byte[] content = DesiredJson.write(delta);
    return sha256(content, 0, content.length);
  }

  /// A speaker's status.
  public static byte[] encode(SpeakerStatus status) {
    return StatusJson.write(status);
  }

  /// The routes of a node, for people and their programs: nothing reads it back.
  public static byte[] encode(NodeName node, List<RouteLine> routes) {
    return RouteJson.write(node, routes);
  }

  /// What a speaker claims.
  public static byte[] encode(SpeakerClaims claims) {
    return ClaimsJson.write(claims);
  }

  /// Addresses to be probed.
  public static byte[] encode(ProbeRequest request) {
    return ProbeJson.write(request);
  }

  /// What a probe found.
  public static byte[] encode(ProbeReply reply) {
    return ProbeJson.write(reply);
  }

  /// The answer to a push.
  public static byte[] encode(PushReply reply) {
    return ReplyJson.write(reply);
  }

  /// Reads a desired state and compares its digest.
  public static Decoded<DesiredDocument> decodeDesired(byte[] json) {
    return decode(
        json,
        reader -> {
          Sealed<DesiredState> read = unsealed(reader, json, "desired", DesiredJson::read);
          return new DesiredDocument(read.content(), read.digest());
        });
  }

  /// Reads a delta and compares its digest.
  public static Decoded<DeltaDocument> decodeDelta(byte[] json) {
    return decode(
        json,
        reader -> {
          Sealed<DesiredDelta> read = unsealed(reader, json, "delta", DesiredJson::readDelta);
          return new DeltaDocument(read.content(), read.digest());
        });
  }

  /// Reads a speaker's status.
  public static Decoded<SpeakerStatus> decodeStatus(byte[] json) {
    return decode(json, StatusJson::read);
  }

  /// Reads what a speaker claims.
  public static Decoded<SpeakerClaims> decodeClaims(byte[] json) {
    return decode(json, ClaimsJson::read);
  }

  /// Reads addresses to be probed.
  public static Decoded<ProbeRequest> decodeProbeRequest(byte[] json) {
    return decode(json, ProbeJson::readRequest);
  }

  /// Reads what a probe found.
  public static Decoded<ProbeReply> decodeProbeReply(byte[] json) {
    return decode(json, ProbeJson::readReply);
  }

  /// Reads the answer to a push.
  public static Decoded<PushReply> decodeReply(byte[] json) {
    return decode(json, ReplyJson::read);
  }

  private static <T> Decoded<T> decode(byte[] json, Function<JsonReader, T> read) {
    if (json.length > MAX_DOCUMENT_BYTES) {
      return new Decoded.Malformed<>(
          "the document has " + json.length + " octets, allowed are " + MAX_DOCUMENT_BYTES);
    }
    if (json.length < 2 || json[0] != '{' || json[1] == 0) {
      return new Decoded.Malformed<>("the document is not a JSON object in UTF-8");
    }
    try (JsonReader reader = new JsonReader(json)) {
      return decode(reader, read);
    } catch (JacksonException e) {
      return new Decoded.Malformed<>("the document is not JSON: " + oneLine(e));
    }
  }

  private static <T> Decoded<T> decode(JsonReader reader, Function<JsonReader, T> read) {
    try {
      T value = read.apply(reader);
      reader.end();
      return new Decoded.Value<>(value);
    } catch (MalformedJson e) {
      return new Decoded.Malformed<>(oneLine(e));
    } catch (JacksonException e) {
      return new Decoded.Malformed<>(reader.place() + ": " + oneLine(e));
    } catch (IllegalArgumentException e) {
      // A value refused itself; its message says why.
      return new Decoded.Malformed<>(reader.place() + ": " + oneLine(e));
    }
  }

  private record Sealed<T>(T content, String digest) {}

  /// An object of a digest and of what has that digest.
  private static <T> Sealed<T> unsealed(
      JsonReader json, byte[] octets, String contentName, Function<JsonReader, T> read) {
    Slot<String> digest = json.slot("digest");
    Slot<T> content = json.slot(contentName);
    Slot<String> found = json.slot(contentName);
    json.object(
        name -> {
          if (name.equals("digest")) {
            digest.set(json.text());
          } else if (name.equals(contentName)) {
            int start = json.valueStartsAt();
            content.set(read.apply(json));
            found.set(sha256(octets, start, json.valueEndsAt() - start));
          } else {
            json.skip();
          }
        });
    T value = content.required();
    if (!digest.required().equals(found.required())) {
      throw json.malformed(
          "the digest is "
              + JsonReader.quoted(digest.required())
              + " but the content has "
              + found.required()
              + ": the document was damaged or changed by hand");
    }
    return new Sealed<>(value, found.required());
  }

  /// An object whose first member is its format.
  static void versioned(JsonReader json, int known, Members members) {
    Slot<Long> format = json.slot("format");
    json.object(
        name -> {
          if (name.equals("format")) {
            long found = json.number(0, Integer.MAX_VALUE);
            if (found != known) {
              throw json.malformed(
                  "format " + found + " is not known, this version reads format " + known);
            }
            format.set(found);
          } else {
            format.required();
            members.read(name);
          }
        });
    format.required();
  }

  static Generation readGeneration(JsonReader json) {
    Slot<Long> epoch = json.slot("epoch");
    Slot<Long> number = json.slot("number");
    json.object(
        name -> {
          switch (name) {
            case "epoch" -> epoch.set(json.number(1, Long.MAX_VALUE));
            case "number" -> number.set(json.number(1, Long.MAX_VALUE));
            default -> json.skip();
          }
        });
    return new Generation(epoch.required(), number.required());
  }

  static IpAddress readAddress(JsonReader json) {
    return json.parsed(IpAddress::parse, "an IP address");
  }

  private static String oneLine(RuntimeException e) {
    String message =
        e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage();
    return String.valueOf(message).lines().findFirst().orElse("");
  }

  private static String sha256(byte[] octets, int start, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(octets, start, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
