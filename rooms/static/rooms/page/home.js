import { keepOfflinePage } from "./chrome/offline_page.js";
import { PublicRooms } from "./home/public_rooms.js";
import { RecentRooms } from "./home/recent_rooms.js";

new PublicRooms(document).start();
new RecentRooms(document).start();
keepOfflinePage();
