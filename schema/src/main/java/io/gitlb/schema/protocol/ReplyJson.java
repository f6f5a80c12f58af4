// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import java.util.Optional;
import java.util.stream.Stream;

/// The JSON form of a [PushReply]: one member, named after the kind of reply.
final class ReplyJson {

  private static final int FORMAT = 1;

  private ReplyJson() {}

  static byte[] write(PushReply reply) {
    return JsonWriter.document(
        json -> {
          json.number("format", FORMAT);
          switch (reply) {
            case PushReply.Stored(Generation generation, String digest) ->
                json.object(
                    "stored",
                    () -> {
                      json.generation("generation", generation);
                      json.text("digest", digest);
                    });
            case PushReply.Stale(Generation newest) ->
                json.object("stale", () -> json.generation("newest", newest));
            case PushReply.Refused(String message) ->
                json.object("refused", () -> json.text("message", message));
          }
        });
  }

  static PushReply read(JsonReader json) {
    Slot<PushReply> stored = json.slot("stored");
    Slot<PushReply> stale = json.slot("stale");
    Slot<PushReply> refused = json.slot("refused");
    ProtocolCodec.versioned(
        json,
        FORMAT,
        name -> {
          switch (name) {
            case "stored" -> stored.set(readStored(json));
            case "stale" -> stale.set(readStale(json));
            case "refused" -> refused.set(readRefused(json));
            default -> json.skip();
          }
        });
    return Stream.of(stored, stale, refused)
        .map(Slot::optional)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(() -> json.malformed("a reply is stored, stale or refused"));
  }

  private static PushReply readStored(JsonReader json) {
    Slot<Generation> generation = json.slot("generation");
    Slot<String> digest = json.slot("digest");
    json.object(
        name -> {
          switch (name) {
            case "generation" -> generation.set(ProtocolCodec.readGeneration(json));
            case "digest" -> digest.set(json.text());
            default -> json.skip();
          }
        });
    return new PushReply.Stored(generation.required(), digest.required());
  }

  private static PushReply readStale(JsonReader json) {
    Slot<Generation> newest = json.slot("newest");
    json.object(
        name -> {
          switch (name) {
            case "newest" -> newest.set(ProtocolCodec.readGeneration(json));
            default -> json.skip();
          }
        });
    return new PushReply.Stale(newest.required());
  }

  private static PushReply readRefused(JsonReader json) {
    Slot<String> message = json.slot("message");
    json.object(
        name -> {
          switch (name) {
            case "message" -> message.set(json.text());
            default -> json.skip();
          }
        });
    return new PushReply.Refused(message.required());
  }
}
