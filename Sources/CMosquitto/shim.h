#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
