// A Vulkan layer that leaves command buffers unbegun. Mesa's RADV compiles for a GPU that is not there (RADV_FORCE_FAMILY), but beginning a command
// buffer for RDNA calls what its null hardware lacks, and Dawn begins one when it opens a device. Nothing is ever recorded: pipelines alone are made.
#include <string.h>
#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

static PFN_vkGetInstanceProcAddr nextOfInstance;
static PFN_vkGetDeviceProcAddr nextOfDevice;

static VKAPI_ATTR VkResult VKAPI_CALL beginCommandBuffer(VkCommandBuffer buffer, const VkCommandBufferBeginInfo *info) {
  (void)buffer;
  (void)info;
  return VK_SUCCESS;
}

// The loader hands each layer the next one in the chain of its create info; a layer moves that on before it calls down.
static VKAPI_ATTR VkResult VKAPI_CALL createInstance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *allocator, VkInstance *instance) {
  VkLayerInstanceCreateInfo *link = (VkLayerInstanceCreateInfo *)info->pNext;
  while (link && !(link->sType == VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO && link->function == VK_LAYER_LINK_INFO))
    link = (VkLayerInstanceCreateInfo *)link->pNext;
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  nextOfInstance = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  return ((PFN_vkCreateInstance)nextOfInstance(VK_NULL_HANDLE, "vkCreateInstance"))(info, allocator, instance);
}

static VKAPI_ATTR VkResult VKAPI_CALL createDevice(VkPhysicalDevice gpu, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *allocator,
                                                   VkDevice *device) {
  VkLayerDeviceCreateInfo *link = (VkLayerDeviceCreateInfo *)info->pNext;
  while (link && !(link->sType == VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO && link->function == VK_LAYER_LINK_INFO))
    link = (VkLayerDeviceCreateInfo *)link->pNext;
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  PFN_vkGetInstanceProcAddr next = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  nextOfDevice = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  return ((PFN_vkCreateDevice)next(VK_NULL_HANDLE, "vkCreateDevice"))(gpu, info, allocator, device);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL deviceFunction(VkDevice device, const char *name) {
  if (strcmp(name, "vkGetDeviceProcAddr") == 0) return (PFN_vkVoidFunction)deviceFunction;
  if (strcmp(name, "vkBeginCommandBuffer") == 0) return (PFN_vkVoidFunction)beginCommandBuffer;
  return nextOfDevice(device, name);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL instanceFunction(VkInstance instance, const char *name) {
  if (strcmp(name, "vkGetInstanceProcAddr") == 0) return (PFN_vkVoidFunction)instanceFunction;
  if (strcmp(name, "vkCreateInstance") == 0) return (PFN_vkVoidFunction)createInstance;
  if (strcmp(name, "vkCreateDevice") == 0) return (PFN_vkVoidFunction)createDevice;
  if (strcmp(name, "vkGetDeviceProcAddr") == 0) return (PFN_vkVoidFunction)deviceFunction;
  if (strcmp(name, "vkBeginCommandBuffer") == 0) return (PFN_vkVoidFunction)beginCommandBuffer;
  return nextOfInstance ? nextOfInstance(instance, name) : NULL;
}

VK_LAYER_EXPORT VKAPI_ATTR VkResult VKAPI_CALL vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface *layer) {
  layer->loaderLayerInterfaceVersion = 2;
  layer->pfnGetInstanceProcAddr = instanceFunction;
  layer->pfnGetDeviceProcAddr = deviceFunction;
  layer->pfnGetPhysicalDeviceProcAddr = NULL;
  return VK_SUCCESS;
}
