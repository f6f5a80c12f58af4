// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A bare client: paths in, JSON out.
final class ApiClient implements AutoCloseable {
  static final String MERGE = "application/merge-patch+json";
  static final String STRATEGIC = "application/strategic-merge-patch+json";
  static final String JSON_PATCH = "application/json-patch+json";
  static final String APPLY = "application/apply-patch+yaml";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Kubeconfig config;
  private final HttpClient http;

  ApiClient(Kubeconfig config) {
    this.config = config;
    this.http = HttpClient.newBuilder().sslContext(config.tls()).build();
  }

  /// An answer.
  record Response(int code, JsonNode body) {
    String text(String... path) {
      JsonNode node = body;
      for (String field : path) {
        node = node.path(field);
      }
      return node.asString("");
    }

    String version() {
      return text("metadata", "resourceVersion");
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(config.server() + path))
            .timeout(PATIENCE)
            .header("User-Agent", "contract/1")
            .header("Accept", "application/json");
    config.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private Response send(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      byte[] body = response.body();
      boolean json =
          response.headers().firstValue("content-type").orElse("").startsWith("application/json");
      return new Response(
          response.statusCode(),
          MAPPER.readTree(json ? body : "{}".getBytes(StandardCharsets.UTF_8)));
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  Response get(String path) {
    return send(request(path).build());
  }

  Response getAccepting(String path, String mediaType) {
    return send(request(path).setHeader("Accept", mediaType).build());
  }

  Response getWithoutToken(String path) {
    return send(HttpRequest.newBuilder(URI.create(config.server() + path)).build());
  }

  Response post(String path, String json) {
    return post(path, "application/json", json);
  }

  Response post(String path, String mediaType, String text) {
    return send(request(path).header("Content-Type", mediaType).POST(body(text)).build());
  }

  Response put(String path, String json) {
    return send(request(path).header("Content-Type", "application/json").PUT(body(json)).build());
  }

  Response patch(String path, String mediaType, String text) {
    return send(
        request(path).header("Content-Type", mediaType).method("PATCH", body(text)).build());
  }

  Response delete(String path) {
    return send(request(path).DELETE().build());
  }

  Response delete(String path, String options) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method("DELETE", body(options))
            .build());
  }

  /// Opens a watch; the path has all parameters but `watch`.
  WatchStream watch(String path) {
    String uri = path + (path.contains("?") ? "&" : "?") + "watch=1";
    try {
      HttpResponse<Stream<String>> response =
          http.send(request(uri).build(), BodyHandlers.ofLines());
      if (response.statusCode() != 200) {
        throw new IllegalStateException("a watch answered " + response.statusCode());
      }
      return new WatchStream(response.body(), MAPPER);
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
