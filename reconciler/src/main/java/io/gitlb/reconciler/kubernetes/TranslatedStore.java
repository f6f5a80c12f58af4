// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// An informer's cache seen through a translator. An object is translated once; the informer keeps
/// the same instance until the API server sends another one.
final class TranslatedStore<T extends HasMetadata, V> {

  private final SharedIndexInformer<T> informer;
  private final Function<T, Optional<V>> translator;

  /// informer key → the object and its translation (1:1); used by the caller of views() alone.
  private Map<String, Translation<T, V>> translations = new HashMap<>();

  private record Translation<T, V>(T object, Optional<V> view) {}

  TranslatedStore(
      SharedIndexInformer<T> informer, Function<T, Optional<V>> translator, Runnable onChange) {
    this.informer = informer;
    this.translator = translator;
    informer.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T added) {
            if (translator.apply(added).isPresent()) {
              onChange.run();
            }
          }

          @Override
          public void onUpdate(T before, T after) {
            // Heartbeats and other people's status change nothing that we look at.
            if (!translator.apply(before).equals(translator.apply(after))) {
              onChange.run();
            }
          }

          @Override
          public void onDelete(T deleted, boolean finalStateUnknown) {
            onChange.run();
          }
        });
  }

  /// Whether the first list is in the cache.
  boolean isSynced() {
    return informer.hasSynced();
  }

  /// All views of the cache as it is now. One caller at a time.
  List<V> views() {
    Map<String, Translation<T, V>> next = new HashMap<>();
    List<V> views = new ArrayList<>();
    for (T object : informer.getStore().list()) {
      String key = object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
      Translation<T, V> known = translations.get(key);
      Translation<T, V> translation =
          known != null && isSame(known.object, object)
              ? known
              : new Translation<>(object, translator.apply(object));
      next.put(key, translation);
      translation.view.ifPresent(views::add);
    }
    translations = next;
    return views;
  }

  /// Identity is meant: comparing the whole objects would cost as much as translating them.
  @SuppressWarnings("ReferenceEquality")
  private static <T> boolean isSame(T a, T b) {
    return a == b;
  }
}
