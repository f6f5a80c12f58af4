// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.gitlb.reconciler.loop.Failure;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// Requests through the client's connection, credentials and TLS, but without its typed operations:
/// those build an object of every answer, which made a quarter of the cost of writing a status when
/// it was measured, and nobody reads it.
final class PlainCalls {

  private static final String SERVER_SIDE_APPLY = "application/apply-patch+yaml";
  private static final String JSON = "application/json";

  private final KubernetesClient client;

  /// With a slash at the end.
  private final String server;

  PlainCalls(KubernetesClient client) {
    this.client = client;
    String url = client.getMasterUrl().toString();
    server = url.endsWith("/") ? url : url + "/";
  }

  /// The answer's text.
  ///
  /// @param path without a slash at the beginning
  /// @throws KubernetesClientException when the server refuses or does not answer
  String get(String path) {
    return new String(send(request(path)), StandardCharsets.UTF_8);
  }

  /// Server-side apply of a JSON document.
  ///
  /// @param path with its query, without a slash at the beginning
  /// @throws KubernetesClientException when the server refuses or does not answer
  void apply(String path, Object object) {
    send(request(path).patch(SERVER_SIDE_APPLY, serialization().asJson(object)));
  }

  /// @param path of the collection, without a slash at the beginning
  /// @throws KubernetesClientException when the server refuses or does not answer
  void create(String path, Object object) {
    send(request(path).post(JSON, serialization().asJson(object).getBytes(StandardCharsets.UTF_8)));
  }

  /// What an exception of these calls means.
  ///
  /// @param what the attempted call, as in `write the status of demo/web`
  Failure failure(String what, KubernetesClientException cause) {
    return KubernetesFailure.of(what, client.getMasterUrl().toString(), cause);
  }

  KubernetesSerialization serialization() {
    return client.getKubernetesSerialization();
  }

  private HttpRequest.Builder request(String path) {
    return client
        .getHttpClient()
        .newHttpRequestBuilder()
        .uri(server + path)
        .timeout(client.getConfiguration().getRequestTimeout(), TimeUnit.MILLISECONDS);
  }

  private byte[] send(HttpRequest.Builder request) {
    HttpResponse<byte[]> response;
    try {
      response = client.getHttpClient().sendAsync(request.build(), byte[].class).join();
    } catch (CompletionException e) {
      throw new KubernetesClientException("no answer", e);
    }
    if (!response.isSuccessful()) {
      throw refused(response.code(), new String(response.body(), StandardCharsets.UTF_8));
    }
    return response.body();
  }

  /// Proxies in between answer with what is no `Status`.
  private KubernetesClientException refused(int code, String body) {
    try {
      Status status = serialization().unmarshal(body, Status.class);
      return new KubernetesClientException("refused", code, status);
    } catch (RuntimeException e) {
      return new KubernetesClientException("HTTP status " + code, e, code, null, null);
    }
  }
}
