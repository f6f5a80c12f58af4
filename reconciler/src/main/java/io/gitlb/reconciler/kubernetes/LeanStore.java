// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;

/// An informer's objects without the two parts that nobody reads and that are larger than the rest:
/// which fields somebody manages, and what kubectl last applied. Who manages something is kept.
///
/// With them 10,000 Services fill the reconciler's whole heap.
final class LeanStore<T extends HasMetadata> extends BasicItemStore<T> {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  LeanStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public T put(String key, T object) {
    strip(object.getMetadata());
    return super.put(key, object);
  }

  private static void strip(ObjectMeta metadata) {
    List<ManagedFieldsEntry> managers = metadata.getManagedFields();
    if (managers != null) {
      managers.forEach(entry -> entry.setFieldsV1(null));
    }
    if (metadata.getAnnotations() != null) {
      metadata.getAnnotations().remove(LAST_APPLIED);
    }
  }
}
